/** Weir on a bad day: killed, without its certificate, with policies that cannot be used. */
import { describe, expect, it } from '@jest/globals';
import { isObject, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { objectsAt } from '../../overlays/read.ts';
import { mount } from '../../process/policies/mount.ts';
import { cluster } from '../harness/cluster.ts';
import { startLoad } from './harness/load.ts';
import { scale, service } from './harness/manifests.ts';
import { apply, inEnvironment, SECONDS } from './harness/namespaces.ts';
import { shippedPolicies, useWeir } from './harness/weir.ts';

const controlPlane = cluster();
const { api } = controlPlane;
const SECRET = '/api/v1/namespaces/weir-system/secrets/weir-webhook-certificate';
const A_VERDICT = { heldUp: 0, unanswered: 0, unfilled: 0, unjudged: 0 };

describe('Weir', () => {
  const weir = useWeir(controlPlane);

  async function eventsFor(reason: string): Promise<JsonObject[]> {
    const list = await api.get('/apis/events.k8s.io/v1/namespaces/weir-system/events');
    return objectsAt(isObject(list) ? list : {}, 'items').filter((event) => event.reason === reason);
  }

  it.each(['prod', 'staging'])(
    'lets nothing into %s unjudged while it is killed, and goes on afterwards',
    async (environment) => {
      const namespace = await inEnvironment(environment);
      const load = startLoad(api, namespace);
      for (let time = 0; time < 2; time++) {
        await load.more(60);
        const { heldUp } = load.counts();
        await weir().server().kill();
        await until('the API server has nobody to ask', { seconds: SECONDS }, () => load.counts().heldUp > heldUp + 20);
        await weir().restart();
      }
      await load.more(60);
      const { unjudged, unanswered, ...counts } = await load.stop();
      expect([unjudged, unanswered, load.words().filter((word) => /^un(judged|answered)/.test(word))]).toEqual([
        0,
        0,
        [],
      ]);
      process.stdout.write(`${environment}, killed twice: ${JSON.stringify(counts)}\n`);
      expect(counts.heldUp).toBeGreaterThan(40);

      // what the server's own answers say, the store says as well
      const stored = await api.get(`/api/v1/namespaces/${namespace}/configmaps`);
      const wrong = objectsAt(isObject(stored) ? stored : {}, 'items').filter(
        (item) => stringAt(item, 'data', 'tls.key') !== undefined,
      );
      expect(wrong).toEqual([]);
    },
    180_000,
  );

  it('lets changes into dev while it is killed, and people work on', async () => {
    const namespace = await inEnvironment('dev');
    await weir().server().kill();
    expect((await apply(namespace, service({ template: scale('0', '500') }))).code).toBe(0);
    await weir().restart();
  }, 120_000);

  it('loses no request when its Secret is deleted', async () => {
    const namespace = await inEnvironment('prod');
    const load = startLoad(api, namespace);
    await load.more(60);
    const uid = stringAt(await api.get(SECRET), 'metadata', 'uid');
    await api.delete(SECRET);
    await until('the Secret is back', { seconds: SECONDS }, async () => {
      const now = stringAt(await api.get(SECRET), 'metadata', 'uid');
      return now !== undefined && now !== uid;
    });
    await load.more(100);
    const counts = await load.stop();
    expect([counts, load.words()]).toEqual([expect.objectContaining(A_VERDICT), []]);
    process.stdout.write(`Secret deleted: ${JSON.stringify(counts)}\n`);
    expect((await weir().server().readyz()).status).toBe(200);
  }, 180_000);

  const { 'prod.yaml': prod = '' } = shippedPolicies();
  it.each<[string, Record<string, string>]>([
    ['a mistake', { ...shippedPolicies(), 'prod.yaml': prod.replace('maxScale:', 'maxScail:') }],
    ['nothing in it', {}],
    ['no environment', { 'base.yaml': shippedPolicies()['base.yaml'] ?? '' }],
  ])('judges on by the last good policies where the folder has %s, and tells of it', async (_, files) => {
    const namespace = await inEnvironment('prod');
    const before = (await eventsFor('PoliciesRefused')).length;
    mount(weir().policies, files);
    const refused = () => weir().server().metric('weir_policy_refused');
    await until('the metric tells', { seconds: SECONDS }, async () => (await refused()) === 1);

    const denied = await apply(namespace, service({ template: scale('2', '500') }));
    expect([denied.code, denied.stderr]).toEqual([1, expect.stringContaining('prod allows at most 50')]);
    expect((await apply(namespace, service())).code).toBe(0);
    expect((await weir().server().readyz()).status).toBe(200);
    await until('an Event tells', { seconds: SECONDS }, async () => {
      const events = await eventsFor('PoliciesRefused');
      const told = events.some(({ regarding, type, note }) => {
        return (
          stringAt(regarding, 'kind') === 'Deployment' &&
          type === 'Warning' &&
          String(note).includes('the last good ones judge on')
        );
      });
      return told && (events.length > before || events.some(({ series }) => series !== undefined));
    });

    weir().setPolicies();
    await until('the good ones are taken over', { seconds: SECONDS }, async () => (await refused()) === 0);
  });
});
