/** The process that leads is killed in the middle of a transition, and the next one takes over: who wrote what how often. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writesTo } from '../../../../bench/controllers/faults/trail.ts';
import { type Controllers, startControllersProcess } from '../../../../bench/controllers/process.ts';
import { BEFORE, DEFAULT } from '../../../../bench/controllers/stage.ts';
import { HELD, TRANSITION } from '../../../../bench/controllers/workload.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import { POLICIES, type Stage, startStage, timesOf } from './stage.ts';

const SLOW_MS = 600_000;
const SECONDS = 240;
const MANY = 1_000;
const STATUS = 'scalingschedules/status';

let stage: Stage;
const processes: Controllers[] = [];

beforeAll(async () => {
  stage = await startStage({ namespaces: 20, services: MANY, others: 0, quiet: 0, cutting: 0 });
}, SLOW_MS);

afterAll(async () => {
  for (const each of processes) await each.kill();
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

/** How often each was written since the mark, as the API server acknowledged it. */
function written(mark: number, what: string): ReadonlyMap<string, number> {
  return writesTo(stage.trail.since(mark), 'patch', what);
}

/** Kills the leader once a quarter is written, and before all are. */
async function killAtAQuarter(leader: Controllers, mark: number, what: string): Promise<void> {
  await until('a quarter is written', { seconds: SECONDS }, () => written(mark, what).size >= MANY / 4);
  await leader.kill();
  expect(written(mark, what).size).toBeLessThan(MANY);
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
      const first = await start();
      await until('the first leads', { seconds: SECONDS }, () => first.leads());
      const second = await start();

      // the first hold: what the author wrote is recorded, traced, and told
      await killAtAQuarter(first, 0, 'podautoscalers');
      await until('the second leads', { seconds: SECONDS }, () => second.leads());
      await told(DEFAULT);
      expect(timesOf(written(0, 'podautoscalers'))).toEqual({ 1: MANY });
      // recorded, and told in the end
      expect(timesOf(written(0, STATUS))).toEqual({ 2: MANY });
      // they were at the default's value already
      expect(timesOf(written(0, 'revisions'))).toEqual({});

      const third = await start();
      const before = stage.trail.mark();
      for (const each of [second, third]) each.setClock(TRANSITION);
      await killAtAQuarter(second, before, 'revisions');
      await until('the third leads', { seconds: SECONDS }, () => third.leads());
      await told(HELD);

      expect(timesOf(written(before, 'revisions'))).toEqual({ 1: MANY });
      expect(timesOf(written(before, STATUS))).toEqual({ 1: MANY });
      expect(timesOf(written(before, 'podautoscalers'))).toEqual({});
      expect(await stage.minScales()).toEqual({ [HELD]: MANY });
      // at rest: what is right is not written again
      const end = stage.trail.mark();
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect(stage.trail.since(end).filter(({ verb, what }) => verb === 'patch' && what !== 'events')).toEqual([]);
    },
    SLOW_MS,
  );
});
