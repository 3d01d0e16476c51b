/** The process that leads is killed in the middle of a transition, and the next one takes over: who wrote what how often. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writesTo } from '../../../../bench/controllers/faults/trail.ts';
import { type Controllers, startControllersProcess } from '../../../../bench/controllers/process.ts';
import { BEFORE, DEFAULT } from '../../../../bench/controllers/stage.ts';
import { HELD, TRANSITION } from '../../../../bench/controllers/workload.ts';
import { podAutoscalers, revisions } from '../../../../src/knative/resources.ts';
import type { Resource } from '../../../../src/kubernetes/client/resource.ts';
import { scalingSchedules } from '../../../../src/schedule/resource.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import type { Cluster } from '../../../controllers/kit/cluster.ts';
import { keepLedger, type Ledger } from '../../../controllers/kit/ledger.ts';
import { clusterOver } from '../../harness/controllers.ts';
import { POLICIES, type Stage, startStage, timesOf } from './stage.ts';

const SLOW_MS = 600_000;
const SECONDS = 240;
const MANY = 1_000;
const STATUS = 'scalingschedules/status';
/** As many writes of a process may be under way when it is killed. */
const WORKERS = 8;

let stage: Stage;
let cluster: Cluster;
const processes: Controllers[] = [];

beforeAll(async () => {
  stage = await startStage({ namespaces: 20, services: MANY, others: 0, quiet: 0, cutting: 0 });
  const restart = () => Promise.reject(new Error('nobody asks for it'));
  cluster = await clusterOver({ ...stage.controlPlane, restart });
}, SLOW_MS);

afterAll(async () => {
  for (const each of processes) await each.kill();
  await cluster?.stop();
  await stage?.stop();
});

async function start(): Promise<Controllers> {
  const { kubeconfig } = stage.controlPlane;
  const started = await startControllersProcess({
    kubeconfig,
    policies: POLICIES,
    names: ['schedule'],
    begins: BEFORE,
  });
  processes.push(started);
  return started;
}

/** How often each was written since the mark, as the API server acknowledged it: also what changed nothing. */
function acknowledged(mark: number, what: string): ReadonlyMap<string, number> {
  return writesTo(stage.trail.since(mark), 'patch', what);
}

/** Kills the leader once a quarter is written, and before all are. */
async function killAtAQuarter(leader: Controllers, mark: number, what: string): Promise<void> {
  await until('a quarter is written', { seconds: SECONDS }, () => acknowledged(mark, what).size >= MANY / 4);
  await leader.kill();
  expect(acknowledged(mark, what).size).toBeLessThan(MANY);
}

/** Hears of every change that is stored from now on; those that nobody was there any more to be told of, too. */
async function keepLedgers(): Promise<Readonly<Record<'podAutoscalers' | 'schedules' | 'revisions', Ledger>>> {
  const of = (resource: Resource) => keepLedger(cluster.client, resource, {});
  return {
    podAutoscalers: await of(podAutoscalers),
    schedules: await of(scalingSchedules),
    revisions: await of(revisions),
  };
}

/** How many were changed once, twice and so on: `{ 1: 1000 }`. */
async function changed(ledger: Ledger): Promise<Readonly<Record<string, number>>> {
  await ledger.close();
  return timesOf(new Map([...ledger.entries].map(([name, types]) => [name, types.length])));
}

/** That none was asked for more often, be it for nothing, and how many of them nobody heard the answer of. */
function expectAtMost(times: number, counts: ReadonlyMap<string, number>): void {
  expect(Math.max(...counts.values())).toBe(times);
  const unheard = [...counts.values()].reduce((sum, count) => sum + times - count, (MANY - counts.size) * times);
  expect(unheard).toBeLessThanOrEqual(WORKERS);
}

async function told(minScale: number): Promise<void> {
  await until(`every schedule says that it holds ${minScale}`, { seconds: SECONDS }, async () => {
    const now = await stage.told();
    if (now[`Holds, held ${minScale}`] === MANY) return true;
    throw new Error(JSON.stringify(now));
  });
}

describe('a leader that is killed', () => {
  it(
    'leaves to the next what it has not written, and nothing is written twice',
    async () => {
      const hold = await keepLedgers();
      const first = await start();
      await until('the first leads', { seconds: SECONDS }, () => first.leads());
      const second = await start();

      // the first hold: what the author wrote is recorded, traced, and told
      await killAtAQuarter(first, 0, 'podautoscalers');
      await until('the second leads', { seconds: SECONDS }, () => second.leads());
      await told(DEFAULT);
      expect(await changed(hold.podAutoscalers)).toEqual({ 1: MANY });
      // recorded, and told in the end
      expect(await changed(hold.schedules)).toEqual({ 2: MANY });
      // they were at the default's value already
      expect(await changed(hold.revisions)).toEqual({});
      expectAtMost(1, acknowledged(0, 'podautoscalers'));
      expectAtMost(2, acknowledged(0, STATUS));

      const third = await start();
      const transition = await keepLedgers();
      const before = stage.trail.mark();
      for (const each of [second, third]) each.setClock(TRANSITION);
      await killAtAQuarter(second, before, 'revisions');
      await until('the third leads', { seconds: SECONDS }, () => third.leads());
      await told(HELD);

      expect(await changed(transition.revisions)).toEqual({ 1: MANY });
      expect(await changed(transition.schedules)).toEqual({ 1: MANY });
      expect(await changed(transition.podAutoscalers)).toEqual({});
      expectAtMost(1, acknowledged(before, 'revisions'));
      expectAtMost(1, acknowledged(before, STATUS));
      expect(await stage.minScales()).toEqual({ [HELD]: MANY });
      // at rest: what is right is not written again
      const end = stage.trail.mark();
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect(stage.trail.since(end).filter(({ verb, what }) => verb === 'patch' && what !== 'events')).toEqual([]);
    },
    SLOW_MS,
  );
});
