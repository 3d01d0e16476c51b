/** What may go wrong around the schedules' controller on a real API server: the end is right each time. */
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { everyTenth, type FaultProxy, startFaultProxy } from '../../../../bench/controllers/faults/proxy.ts';
import { writesTo } from '../../../../bench/controllers/faults/trail.ts';
import { BEFORE, DEFAULT, HOUR_MS } from '../../../../bench/controllers/stage.ts';
import { HELD, podAutoscalers, readyRevisions, revisions } from '../../../../bench/controllers/workload.ts';
import { makeSchedules } from '../../../../controllers/schedule/controller.ts';
import { revisions as revisionsKind } from '../../../../src/knative/resources.ts';
import { clientOver } from '../../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../../src/kubernetes/client/connection.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import type { Cluster } from '../../../controllers/kit/cluster.ts';
import { denyWrites } from '../../../controllers/kit/denying.ts';
import { type Run, run } from '../../../controllers/kit/run.ts';
import { FakeClock } from '../../../kubernetes/client/fakeClock.ts';
import { clusterOver } from '../../harness/controllers.ts';
import { type Stage, startStage, timesOf } from './stage.ts';

const SLOW_MS = 600_000;
const PATIENT = { withinMs: 180_000, patience: 100 };
const SIZES = { namespaces: 10, services: 200, others: 0, quiet: 0, cutting: 0 };
const MANY = SIZES.services;
/** `npm run bench:controllers` does it for two minutes. */
const CUTTING_MS = 20_000;

let stage: Stage;
let cluster: Cluster;
let proxy: FaultProxy;
let connection: Connection | undefined;
let running: Run | undefined;

beforeAll(async () => {
  stage = await startStage(SIZES);
  const { kubectl, kubeconfig, folder, killApiServer, reviveApiServer } = stage.controlPlane;
  const restart = async (): Promise<void> => {
    await killApiServer();
    await reviveApiServer();
  };
  cluster = await clusterOver({ kubectl, kubeconfig, restart });
  proxy = await startFaultProxy({ ...stage.controlPlane, kubeconfig: path.join(folder, 'proxy.kubeconfig') });
}, SLOW_MS);

afterEach(async () => {
  await running?.stop();
  connection?.close();
  proxy.failing(undefined);
});

afterAll(async () => {
  await proxy?.close();
  await cluster?.stop();
  await stage?.stop();
});

/** An hour before every window, and settled: each Revision is at the default's value. */
async function start(): Promise<Run> {
  connection = await connect({ kubeconfig: proxy.kubeconfig, environment: {}, clock: systemClock });
  const clock = new FakeClock(BEFORE.toISOString());
  running = await run(cluster, { controllers: [makeSchedules()], client: clientOver(connection), clock });
  await running.settle(PATIENT);
  expect(await stage.minScales()).toEqual({ [DEFAULT]: MANY });
  return running;
}

async function allHold(minScale: number): Promise<void> {
  expect(await stage.minScales()).toEqual({ [minScale]: MANY });
  expect(await stage.told()).toEqual({ [`Holds, held ${minScale}`]: MANY });
}

/** How often each Revision was written since the mark, as the API server acknowledged it. */
function written(mark: number): ReadonlyMap<string, number> {
  return writesTo(stage.trail.since(mark), 'patch', 'revisions');
}

async function aQuarterIsWritten(mark: number): Promise<void> {
  await until('a quarter is written', { seconds: 60 }, () => written(mark).size >= MANY / 4);
}

describe('every Revision is at its value in the end where', () => {
  it(
    'every watch is cut once a second, and nothing is listed anew',
    async () => {
      const { clock, settle } = await start();
      const lists = [...proxy.lists];
      const mark = stage.trail.mark();
      let cuts = 0;
      const scissors = setInterval(() => {
        cuts += proxy.cutWatches();
      }, 1_000);
      const end = Date.now() + CUTTING_MS;
      // nine o'clock, five o'clock, and nine o'clock the next day
      for (const hours of [1, 8, 16]) {
        clock.advance(hours * HOUR_MS);
        await new Promise((resolve) => setTimeout(resolve, CUTTING_MS / 4));
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, end - Date.now())));
      clearInterval(scissors);
      await settle(PATIENT);

      await allHold(HELD);
      expect(cuts).toBeGreaterThan(CUTTING_MS / 1_000);
      expect([...proxy.lists]).toEqual(lists);
      // who was late for one of them has left it out; nothing is written for nothing
      for (const times of written(mark).values()) expect([1, 3]).toContain(times);
    },
    SLOW_MS,
  );

  it(
    'every tenth write meets 409, 429, 500 or a lost answer',
    async () => {
      const { clock, settle } = await start();
      const mark = stage.trail.mark();
      const failed = proxy.failed;
      proxy.failing(everyTenth);
      clock.advance(HOUR_MS);
      await settle(PATIENT);
      await allHold(HELD);
      expect(proxy.failed - failed).toBeGreaterThan(MANY / 10);
      expect(timesOf(written(mark))).toEqual({ 1: MANY });
    },
    SLOW_MS,
  );

  it(
    'the API server is restarted in the middle of a transition',
    async () => {
      const { clock, settle } = await start();
      const mark = stage.trail.mark();
      clock.advance(HOUR_MS);
      await aQuarterIsWritten(mark);
      await cluster.restart();
      await settle(PATIENT);
      await allHold(HELD);
      // what it wrote and did not come to note is missing there
      expect(Math.max(...written(mark).values())).toBe(1);
    },
    SLOW_MS,
  );

  it(
    "somebody else's webhook denies our write of one of them",
    async () => {
      const { clock, settle, pass } = await start();
      const webhook = await denyWrites(cluster, 'shop-7', 'cart-7', revisionsKind);
      try {
        await until('it is asked', { seconds: 60 }, async () => {
          const body = { metadata: { annotations: { probe: 'true' } } };
          const place = { namespace: 'shop-7', name: 'cart-7' };
          const probe = cluster.client.patch(revisionsKind, place, { type: 'merge', body }, { isDryRun: true });
          return probe.then(
            () => false,
            () => true,
          );
        });
        clock.advance(HOUR_MS);
        await settle(PATIENT);
        expect(await stage.minScales()).toEqual({ [HELD]: MANY - 1, [DEFAULT]: 1 });
        expect(await stage.told()).toMatchObject({ [`Holds, held ${HELD}`]: MANY - 1 });
        const denials = webhook.denials;
        await pass(60_000);
        // the same is not asked for again at once
        expect(webhook.denials).toBe(denials);
        webhook.relent();
        await pass(300_000);
        await allHold(HELD);
      } finally {
        await webhook.stop();
      }
    },
    SLOW_MS,
  );

  it(
    'targets are deleted and made again',
    async () => {
      const { clock, settle, pass } = await start();
      clock.advance(HOUR_MS);
      await settle(PATIENT);
      const again = { ...SIZES, services: MANY / 4 };
      for (const { path: list, body } of [...revisions(again), ...podAutoscalers(again)]) {
        const { metadata } = JSON.parse(body ?? '');
        await stage.loader.ask({ method: 'DELETE', path: `${list}/${metadata.name}` });
      }
      await settle(PATIENT);
      for (const calls of [revisions(again), podAutoscalers(again), readyRevisions(again)]) {
        await stage.loader.all(calls, 8);
      }
      await settle(PATIENT);
      await allHold(HELD);
      // what the author wrote of the new ones is known, too
      await pass(8 * HOUR_MS);
      await settle(PATIENT);
      await allHold(DEFAULT);
    },
    SLOW_MS,
  );
});
