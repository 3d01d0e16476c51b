import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { pingSources } from '../../../controllers/eventing/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { type EmbeddedCluster, startCluster } from './cluster.ts';
import { aSource, configMaps, echo } from './echo.ts';
import { type Run, run } from './run.ts';

let cluster: EmbeddedCluster;
let running: Run | undefined;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace('kit');
}, 120_000);

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

afterAll(() => cluster.stop());

function copyOf(name: string): Promise<JsonObject> {
  return cluster.client.get(configMaps, { namespace: 'kit', name: `${name}-echo` });
}

describe('the kit', () => {
  it('runs a controller until everything is as it should be', async () => {
    await cluster.apply(aSource('kit', 'first', { a: '1' }));
    running = await run(cluster, { controllers: [echo()] });
    await running.settle();
    expect((await copyOf('first')).data).toEqual({ a: '1' });

    await cluster.apply(aSource('kit', 'first', { a: '2' }), aSource('kit', 'second', { b: '1' }));
    await running.settle();
    expect((await copyOf('first')).data).toEqual({ a: '2' });
    expect((await copyOf('second')).data).toEqual({ b: '1' });

    await cluster.client.delete(configMaps, { namespace: 'kit', name: 'first' });
    await running.settle();
    await expect(copyOf('first')).rejects.toThrow('not found');
  });

  it('looks at a key again at the moment for which the controller asked', async () => {
    const rounds: string[] = [];
    running = await run(cluster, {
      controllers: [
        ({ enqueue, clock }) => {
          enqueue('hourly');
          return {
            name: 'hourly',
            async reconcile() {
              rounds.push(clock.now().toISOString());
              return { again: new Date(clock.now().getTime() + 3_600_000) };
            },
          };
        },
      ],
    });
    await running.settle();
    await running.pass(3_599_000);
    expect(rounds).toEqual(['2026-05-04T08:00:00.000Z']);
    await running.pass(1_000);
    expect(rounds).toEqual(['2026-05-04T08:00:00.000Z', '2026-05-04T09:00:00.000Z']);
  });

  it('refuses what Knative refuses, but for what was let in before', async () => {
    const place = { namespace: 'kit', name: 'tick' };
    const ping = (annotations: JsonObject, spec: JsonObject) => ({
      apiVersion: 'sources.knative.dev/v1',
      kind: 'PingSource',
      metadata: { ...place, annotations },
      spec: { schedule: '* * * * *', ...spec },
    });
    const got = 'expected at least one, got none: spec.sink.ref, spec.sink.uri';
    await expect(cluster.apply(ping({}, {}))).rejects.toThrow(got);
    await expect(cluster.letIn(() => Promise.reject(new Error('not written')))).rejects.toThrow('not written');
    await expect(cluster.apply(ping({}, {}))).rejects.toThrow(got);
    await cluster.letIn(() => cluster.apply(ping({}, {})));
    await expect(cluster.apply(ping({ note: 'later' }, {}))).rejects.toThrow(got);
    await cluster.restart();
    await expect(cluster.apply(ping({ note: 'later' }, {}))).rejects.toThrow(got);
    await cluster.apply(ping({ note: 'later' }, { sink: { uri: 'http://sink.example.com' } }));
    expect((await cluster.client.get(pingSources, place)).metadata).toMatchObject({ annotations: { note: 'later' } });
  });

  it('says what holds it up', async () => {
    running = await run(cluster, {
      controllers: [
        ({ enqueue }) => {
          enqueue('stuck');
          return {
            name: 'slow',
            reconcile: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', reject)),
          };
        },
      ],
    });
    await expect(running.settle({ withinMs: 100 })).rejects.toThrow('not settled within 100 ms: slow works');
    void running.manager.stop(1);
  });
});
