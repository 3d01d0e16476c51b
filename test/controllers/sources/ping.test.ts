import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pingSources } from '../../../controllers/eventing/resources.ts';
import { coreServices } from '../../../src/kubernetes/client/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { type EmbeddedCluster, startCluster } from '../kit/cluster.ts';
import { conditionsOf, runSources } from './kit.ts';

jest.setTimeout(120_000);

const MINUTE = 60_000;
let cluster: EmbeddedCluster;
let count = 0;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

/** In a namespace of its own. */
async function aPingSource(spec: JsonObject): Promise<{ namespace: string; name: string }> {
  const namespace = `ping-${++count}`;
  await cluster.namespace(namespace);
  const place = { namespace, name: 'tick' };
  const sink = { uri: 'http://sink.example.com/here' };
  await cluster.apply({
    apiVersion: 'sources.knative.dev/v1',
    kind: 'PingSource',
    metadata: place,
    spec: { schedule: '* * * * *', sink, ...spec },
  });
  return place;
}

async function remove(place: { namespace: string; name: string }): Promise<void> {
  await cluster.client.delete(pingSources, place);
}

describe('a PingSource', () => {
  it('sends its event at each of its moments, and says where to', async () => {
    const place = await aPingSource({
      schedule: '30 10 * * *',
      timezone: 'Europe/Lisbon',
      contentType: 'application/json',
      data: '{"a": 1}',
      ceOverrides: { extensions: { Team: 'shop' } },
    });
    const running = await runSources(cluster);
    await running.settle();
    const source = await cluster.client.get(pingSources, place);
    const path = `/apis/v1/namespaces/${place.namespace}/pingsources/tick`;
    expect(source.status).toMatchObject({
      observedGeneration: 1,
      sinkUri: 'http://sink.example.com/here',
      ceAttributes: [{ source: path, type: 'dev.knative.sources.ping' }],
    });
    expect(conditionsOf(source)).toEqual({
      Deployed: 'True',
      OIDCIdentityCreated: 'True authentication-oidc feature disabled',
      Ready: 'True',
      SinkProvided: 'True',
    });

    await running.pass(89 * MINUTE); // 10:29 in Lisbon, whose clock is an hour ahead
    expect(running.sent).toEqual([]);
    await running.pass(MINUTE);
    await running.pass(500);
    expect(running.sent).toHaveLength(1);
    const [request] = running.sent;
    expect(request?.url).toBe('http://sink.example.com/here');
    expect(request?.headers).toEqual({ 'kn-namespace': place.namespace });
    expect(Object.fromEntries(request?.event.attributes ?? [])).toEqual({
      specversion: '1.0',
      id: 'id-1',
      source: path,
      type: 'dev.knative.sources.ping',
      time: '2026-05-04T09:30:00.000Z',
      datacontenttype: 'application/json',
      team: 'shop',
    });
    expect(request?.event.data?.toString()).toBe('{"a": 1}');
    await running.stop();
    await remove(place);
  });

  it('counts seconds, and makes up for nothing that passed while nobody looked', async () => {
    const place = await aPingSource({ schedule: '*/20 * * * * *' });
    const clock = new FakeClock();
    const first = await runSources(cluster, clock);
    await first.settle();
    for (let passed = 0; passed < 3; passed++) await first.pass(20_000);
    await first.pass(500);
    expect(first.sent).toHaveLength(3);
    await first.stop();
    clock.advance(60 * MINUTE);

    const second = await runSources(cluster, clock);
    await second.settle();
    expect(second.sent).toHaveLength(0);
    await second.pass(20_000);
    await second.pass(500);
    expect(second.sent).toHaveLength(1);
    await second.stop();
    await remove(place);
  });

  it('waits for a sink that is not there, and sends from when it comes', async () => {
    const place = await aPingSource({ sink: { ref: { apiVersion: 'v1', kind: 'Service', name: 'cart' }, uri: '/x' } });
    const running = await runSources(cluster);
    await running.settle();
    expect(conditionsOf(await cluster.client.get(pingSources, place))).toMatchObject({
      Ready: 'False NotFound',
      SinkProvided: 'False NotFound',
    });
    await running.pass(2 * MINUTE);
    expect(running.sent).toHaveLength(0);

    await cluster.client.create(coreServices, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: place.namespace, name: 'cart' },
      spec: { ports: [{ port: 80 }] },
    });
    await running.settle();
    await running.pass(MINUTE);
    await running.pass(500);
    expect(running.sent.map(({ url }) => url)).toEqual([`http://cart.${place.namespace}.svc.cluster.local/x`]);
    await running.stop();
    await remove(place);
  });

  it('keeps its moment while only its status changes, and begins anew with another spec', async () => {
    const place = await aPingSource({ schedule: '0 9 * * *' });
    const running = await runSources(cluster);
    await running.settle();
    await running.pass(30 * MINUTE);
    const body = { spec: { schedule: '45 8 * * *' } };
    await cluster.client.patch(pingSources, place, { type: 'merge', body });
    await running.settle();
    await running.pass(15 * MINUTE);
    await running.pass(500);
    expect(running.sent).toHaveLength(1);
    await running.pass(30 * MINUTE);
    expect(running.sent).toHaveLength(1);
    await remove(place);
    await running.settle();
    await running.pass(24 * 60 * MINUTE);
    expect(running.sent).toHaveLength(1);
    await running.stop();
  });

  it('sends again what was not taken, with the same id, and gives up after five more', async () => {
    const place = await aPingSource({ schedule: '0 9 * * *' });
    const running = await runSources(cluster);
    await running.settle();
    running.answer(503);
    await running.pass(60 * MINUTE);
    for (const wait of [500, 100, 200, 400, 800, 1600, 5000]) await running.pass(wait);
    expect(running.sent).toHaveLength(6);
    expect(new Set(running.sent.map(({ event }) => event.attributes.get('id'))).size).toBe(1);

    running.answer(500); // which nobody tries again
    await running.pass(24 * 60 * MINUTE);
    await running.pass(10_000);
    expect(running.sent).toHaveLength(7);
    await running.stop();
    await remove(place);
  });

  it.each<[title: string, spec: JsonObject, message: string]>([
    ['a schedule that is none', { schedule: 'now and then' }, 'expected 5 to 6 fields'],
    ['a zone that is none', { timezone: 'Europe/Lisboa' }, 'unknown time zone Europe/Lisboa'],
    ['data twice', { data: 'x', dataBase64: 'eA==' }, 'expected exactly one, got both: data, dataBase64'],
  ])('says what is wrong with %s, let in before the check', async (_, spec, message) => {
    await expectSilent(await cluster.letIn(() => aPingSource(spec)), message);
  });

  it('says what is wrong with an attribute as an extension', async () => {
    await expectSilent(await aPingSource({ ceOverrides: { extensions: { type: 'x' } } }), 'sets type');
  });

  async function expectSilent(place: { namespace: string; name: string }, message: string): Promise<void> {
    const running = await runSources(cluster);
    await running.settle();
    const source = await cluster.client.get(pingSources, place);
    expect(conditionsOf(source)).toMatchObject({ Ready: 'False InvalidSource', Deployed: 'False InvalidSource' });
    expect(JSON.stringify(source.status)).toContain(message);
    await running.pass(2 * MINUTE);
    expect(running.sent).toEqual([]);
    await running.stop();
    await remove(place);
  }
});
