/** What may go wrong around a controller, and what must be right in the end: on the embedded API server and on a real one. */
import { expect } from '@jest/globals';
import { leases } from '../../../src/kubernetes/client/lease.ts';
import { listAll } from '../../../src/kubernetes/client/list.ts';
import { type JsonObject, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import type { Cluster } from './cluster.ts';
import { denyWrites } from './denying.ts';
import { aSource, configMaps, echo } from './echo.ts';
import { everyTenth, faultyClient } from './faultyClient.ts';
import { keepLedger } from './ledger.ts';
import { type Run, run } from './run.ts';

export interface Fault {
  readonly name: string;
  /** @param many how many objects there are */
  happen(cluster: Cluster, namespace: string, many: number): Promise<void>;
}

/** What a fault has started, and has not ended because something in it was not as it should be. */
const started = new Set<{ stop(): Promise<unknown> }>();

function cleanly(happen: Fault['happen']): Fault['happen'] {
  return async (cluster, namespace, many) => {
    try {
      await happen(cluster, namespace, many);
    } finally {
      for (const each of started) await each.stop();
      started.clear();
    }
  };
}

/** As `run`; stopped with the fault at the latest. */
async function runs(cluster: Cluster, options: Parameters<typeof run>[1]): Promise<Run> {
  const running = await run(cluster, options);
  const each = {
    stop: async () => {
      started.delete(each);
      await running.manager.stop(1_000);
    },
  };
  started.add(each);
  return { ...running, stop: each.stop };
}

const COPIES = { labelSelector: 'echo=copy' };
const WORKERS = 4;

export const FAULTS: readonly Fault[] = [
  {
    name: 'a leader falls silent in the middle of its work: nothing is written twice, and nothing missed',
    happen: cleanly(killed),
  },
  { name: 'a leader that loses its Lease writes nothing any more', happen: cleanly(deposed) },
  { name: 'watches are cut every quarter of a second', happen: cleanly(cut) },
  { name: 'every tenth write meets 409, 429, 500 or a lost answer', happen: cleanly(refused) },
  { name: "somebody else's webhook denies a write", happen: cleanly(denied) },
  { name: 'what was made is deleted, and what it was made of is deleted and made again', happen: cleanly(removed) },
];

/** Needs a server of its own. */
export const RESTARTED: Fault = { name: 'the API server is restarted', happen: cleanly(restarted) };

async function killed(cluster: Cluster, namespace: string, many: number): Promise<void> {
  await make(cluster, namespace, many, '1');
  const lease = {
    lease: { namespace, name: 'echo' },
    durationMs: 3_000,
    renewWithinMs: 2_000,
    retryMs: 300,
  };
  const first = faultyClient((await cluster.connect()).client);
  const killed = await runs(cluster, {
    controllers: [echo({ workers: WORKERS })],
    client: first,
    lease: { ...lease, identity: 'first' },
  });
  await killed.settle();
  const second = await runs(cluster, {
    controllers: [echo({ workers: WORKERS })],
    lease: { ...lease, identity: 'second' },
  });
  await until(() => second.manager.hasSynced(), 'the second follows');
  expect([killed.manager.isLeader(), second.manager.isLeader()]).toEqual([true, false]);

  const ledger = await keepLedger(cluster.client, configMaps, { namespace, ...COPIES });
  const before = first.written;
  const changing = make(cluster, namespace, many, '2');
  await until(() => first.written - before > many / 4, 'a quarter is written');
  first.die();
  await changing;
  await until(() => second.manager.isLeader(), 'the second leads', 30_000);
  await second.settle();

  await allAre(cluster, namespace, many, '2');
  await ledger.close();
  const wrong = [...ledger.entries].filter(([, types]) => types.join() !== 'MODIFIED');
  expect([wrong, ledger.entries.size]).toEqual([[], many]);
  expect(first.written - before).toBeLessThan(many);
  await second.stop();
  // the dead one knows of nothing, and is put away
  await killed.stop();
}

async function deposed(cluster: Cluster, namespace: string, many: number): Promise<void> {
  await make(cluster, namespace, many, '1');
  const client = faultyClient((await cluster.connect()).client);
  const lease = { namespace, name: 'echo' };
  const running = await runs(cluster, {
    controllers: [echo({ workers: WORKERS })],
    client,
    lease: { lease, identity: 'first', durationMs: 3_000, renewWithinMs: 2_000, retryMs: 300 },
  });
  await running.settle();

  // whatever its holder writes meanwhile
  const usurp = (spec: JsonObject) => cluster.client.patch(leases, lease, { type: 'merge', body: { spec } });
  await usurp({ holderIdentity: 'a usurper', leaseDurationSeconds: 600 });
  await until(() => !running.manager.isLeader(), 'it knows of its loss');
  const before = client.written;
  await make(cluster, namespace, many, '2');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(client.written - before).toBe(0);

  await usurp({ holderIdentity: '' });
  await until(() => running.manager.isLeader(), 'it leads again');
  await running.settle();
  await allAre(cluster, namespace, many, '2');
  await running.stop();
}

async function cut(cluster: Cluster, namespace: string, many: number): Promise<void> {
  const client = faultyClient((await cluster.connect()).client);
  const running = await runs(cluster, { controllers: [echo({ workers: WORKERS })], client });
  const scissors = setInterval(() => client.cutWatches(), 250);
  for (const value of ['1', '2', '3']) {
    await make(cluster, namespace, many, value);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  clearInterval(scissors);
  await running.settle();
  await allAre(cluster, namespace, many, '3');
  await running.stop();
}

async function refused(cluster: Cluster, namespace: string, many: number): Promise<void> {
  const client = faultyClient((await cluster.connect()).client);
  client.failing(everyTenth);
  const running = await runs(cluster, { controllers: [echo({ workers: WORKERS })], client });
  const ledger = await keepLedger(cluster.client, configMaps, { namespace, ...COPIES });
  await make(cluster, namespace, many, '1');
  await running.settle({ patience: 20 });
  await make(cluster, namespace, many, '2');
  await running.settle({ patience: 20 });

  await allAre(cluster, namespace, many, '2');
  expect(client.failed).toBeGreaterThanOrEqual(Math.floor((2 * many) / 10));
  await ledger.close();
  const tooOften = [...ledger.entries].filter(([, types]) => types.length > 2 || types[0] !== 'ADDED');
  expect(tooOften).toEqual([]);
  expect(await errorsOf(running)).toBeGreaterThan(0);
  await running.stop();
}

async function denied(cluster: Cluster, namespace: string, many: number): Promise<void> {
  const webhook = await denyWrites(cluster, namespace, 'source-0-echo');
  started.add(webhook);
  // the server learns of it by a watch of its own
  await until(async () => {
    const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: 'source-0-echo' } };
    return cluster.client.create(configMaps, probe, { isDryRun: true }).then(
      () => false,
      () => true,
    );
  }, 'it is asked');
  const running = await runs(cluster, { controllers: [echo({ workers: 1 })] });
  await make(cluster, namespace, many, '1');
  await running.settle({ patience: 0 });

  await allAre(cluster, namespace, many, '1', new Set(['source-0']));
  const [{ runner } = { runner: undefined }] = running.manager.controllers;
  // at this moment it may be tried once more
  expect(runner?.queue.failuresOf(`${namespace}/source-0`)).toBeGreaterThan(0);
  expect(running.told.filter((line) => line.includes('not by me'))).not.toEqual([]);
  expect(webhook.denials).toBeGreaterThan(1);

  webhook.relent();
  await running.settle({ patience: 100 });
  await allAre(cluster, namespace, many, '1');
  await running.stop();
}

async function removed(cluster: Cluster, namespace: string, many: number): Promise<void> {
  const running = await runs(cluster, { controllers: [echo({ workers: WORKERS })] });
  await make(cluster, namespace, many, '1');
  await running.settle();
  for (let index = 0; index < many; index++) {
    const name = index % 2 === 0 ? `source-${index}-echo` : `source-${index}`;
    await cluster.client.delete(configMaps, { namespace, name });
    if (index % 2 === 1) await cluster.apply(source(namespace, index, '1'));
  }
  await running.settle();
  await allAre(cluster, namespace, many, '1');
  await running.stop();
}

async function restarted(cluster: Cluster, namespace: string, many: number): Promise<void> {
  const running = await runs(cluster, { controllers: [echo({ workers: WORKERS })] });
  await make(cluster, namespace, many, '1');
  await running.settle();
  await make(cluster, namespace, many, '2');
  await cluster.restart();
  await running.settle({ withinMs: 90_000, patience: 100 });
  await allAre(cluster, namespace, many, '2');
  await make(cluster, namespace, many, '3');
  await running.settle({ withinMs: 90_000, patience: 100 });
  await allAre(cluster, namespace, many, '3');
  await running.stop();
}

function source(namespace: string, index: number, value: string): JsonObject {
  return aSource(namespace, `source-${index}`, { value, index: `${index}` });
}

async function make({ client }: Cluster, namespace: string, many: number, value: string): Promise<void> {
  for (let index = 0; index < many; index++) {
    const object = source(namespace, index, value);
    const place = { namespace, name: `source-${index}` };
    await client.patch(configMaps, place, { type: 'apply', body: object }, { fieldManager: 'somebody', force: true });
  }
}

async function allAre(
  { client }: Cluster,
  namespace: string,
  many: number,
  value: string,
  without: ReadonlySet<string> = new Set(),
): Promise<void> {
  const found = new Map<string, unknown>();
  const { objects } = await listAll(client, configMaps, { namespace, ...COPIES });
  for (const item of objects) found.set(stringAt(item, 'metadata', 'name') ?? '', valueAt(item, 'data', 'value'));
  const wanted = new Map<string, unknown>();
  for (let index = 0; index < many; index++) {
    if (!without.has(`source-${index}`)) wanted.set(`source-${index}-echo`, value);
  }
  expect([...found].sort()).toEqual([...wanted].sort());
}

async function errorsOf({ registry }: Run): Promise<number> {
  const metric = await registry.getSingleMetric('controller_runtime_reconcile_errors_total')?.get();
  return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}

async function until(holds: () => boolean | Promise<boolean>, what: string, withinMs = 20_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
