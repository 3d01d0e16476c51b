/** A pause goes by the clock, also while no controller runs; a step is taken by who has seen how its last interval was. */
import { describe, expect, it } from '@jest/globals';
import { ANALYSIS, aRollout } from './builders.ts';
import { atRest, SECOND, type World } from './world.ts';

/** The second Revision has its first share, and an interval of that was good. */
function stepped(): World {
  const world = atRest(aRollout({ analysis: ANALYSIS }));
  world.ready(world.create(), 4);
  world.goWell(100);
  expect(world.known()).toMatchObject({ phase: 'Progressing', weight: 10, analysis: { verdict: 'Passed' } });
  return world;
}

/** The controller is gone, with whatever it was told; another one looks after so long. */
function away(world: World, seconds: number): void {
  world.analysis = undefined;
  world.wait(seconds);
  world.reconcile();
  world.scale();
  world.reconcile();
}

describe('a controller that was away for longer than the pause', () => {
  it('takes the step once it has seen a good interval', () => {
    const world = stepped();
    away(world, 3600);
    expect(world.known()).toMatchObject({ phase: 'Progressing', weight: 10 });
    const { waiting } = world.decide();
    expect(waiting?.for).toBe('Analysis');
    expect(waiting?.message).toMatch(
      /^the last interval that was judged ended at .*Z, and nobody has judged another since$/,
    );
    expect(world.measure()).toBe(true);
    world.reconcile();
    world.scale();
    world.reconcile();
    expect(world.known()).toMatchObject({ weight: 50 });
  });

  it('takes none where the interval is bad', () => {
    const world = stepped();
    away(world, 3600);
    world.measure({ errors: 0.5 });
    world.reconcile();
    expect(world.known()).toMatchObject({ phase: 'Progressing', weight: 10, analysis: { failures: 1 } });
  });

  it.each<[why: string, values: Parameters<World['measure']>[0]]>([
    ['nobody answers', { requests: undefined, errors: Number.NaN }],
    ['there are too few requests', { requests: 3 }],
  ])('takes none where %s', (_, values) => {
    const world = stepped();
    away(world, 3600);
    for (let interval = 0; interval < 10; interval++) {
      world.measure(values);
      world.reconcile();
      world.scale();
      world.reconcile();
      world.wait(30);
    }
    expect(world.known()).toMatchObject({ phase: 'Progressing', weight: 10 });
    expect(world.decide().waiting?.for).toBe('Analysis');
  });

  it('takes none that it was about to take either: its pods stay, and it asks', () => {
    const world = stepped();
    world.change(SECOND, { pods: 0 });
    world.analysis = undefined;
    world.wait(290);
    world.reconcile();
    world.measure();
    world.reconcile();
    expect(world.known()).toMatchObject({ phase: 'Warming', weight: 10 });
    const { claims } = world;
    away(world, 120);
    expect(world.known()).toMatchObject({ phase: 'Warming', weight: 10 });
    expect(world.claims).toEqual(claims);
    expect(world.decide().waiting?.for).toBe('Analysis');
    // not a second time is its deadline begun, and it is no failure that it waits
    away(world, 3600);
    expect(world.known()).toMatchObject({ phase: 'Warming', weight: 10 });
    world.measure();
    world.reconcile();
    expect(world.known()).toMatchObject({ phase: 'Progressing', weight: 50 });
  });

  it('takes no first step either', () => {
    const world = atRest(aRollout({ analysis: ANALYSIS }));
    world.ready(world.create(), 0);
    world.reconcile();
    world.route();
    world.reconcile();
    world.wait(30);
    world.measure();
    world.reconcile();
    expect(world.known()?.phase).toBe('Warming');
    away(world, 120);
    expect(world.known()).toMatchObject({ weight: 0 });
    world.measure({ requests: 0 });
    world.reconcile();
    expect(world.known()).toMatchObject({ weight: 10 });
  });

  it('takes the step at once where a person says so, and where nothing is measured', () => {
    const world = stepped();
    world.command = `promote ${SECOND}`;
    away(world, 3600);
    expect(world.known()).toMatchObject({ weight: 50 });
    const bare = atRest(aRollout());
    bare.ready(bare.create(), 4);
    bare.goWell(60);
    expect(bare.known()).toMatchObject({ weight: 10 });
    away(bare, 3600);
    expect(bare.known()).toMatchObject({ weight: 50 });
  });
});

it('a pause that ends after an interval that said nothing is followed by a step once one is good', () => {
  const world = stepped();
  for (let interval = 0; interval < 12; interval++) {
    world.wait(30);
    world.measure({ requests: 3 });
    world.reconcile();
  }
  expect(world.known()).toMatchObject({ phase: 'Progressing', weight: 10 });
  world.wait(30);
  world.measure();
  world.reconcile();
  world.scale();
  world.reconcile();
  expect(world.known()).toMatchObject({ weight: 50 });
});

it('a step without a pause that begins anew, since Git had spec.traffic for a moment, begins with an interval of its own', () => {
  const world = stepped();
  const steps = [{ percent: 10 }, { percent: 50 }];
  world.rollout = aRollout({ strategy: { canary: { steps } }, analysis: ANALYSIS });
  world.owner = { kind: 'git', manager: 'argocd-controller' };
  world.analysis = undefined;
  world.reconcile();
  world.wait(10);
  world.owner = { kind: 'nobody' };
  world.reconcile();
  world.route();
  world.scale();
  for (let round = 0; round < 3; round++) world.reconcile();
  expect(world.known()).toMatchObject({ weight: 10 });
  world.wait(30);
  world.measure();
  world.reconcile();
  expect(world.known()).toMatchObject({ weight: 50 });
});

describe('while an interval that said nothing is waited for', () => {
  const MINUTE = 60;

  /** Pods for the second step have been coming up for ten minutes of their fifteen; the next look at metrics is in an hour. */
  function warming(): World {
    const steps = [{ percent: 10, pause: '110m' }, { percent: 50 }];
    const analysis = { ...ANALYSIS, interval: '1h' };
    const world = atRest(aRollout({ strategy: { canary: { steps } }, analysis, progressDeadline: '15m' }));
    world.ready(world.create(), 4);
    for (let look = 0; look < 3; look++) {
      world.reconcile();
      world.route();
      world.reconcile();
      world.wait(60 * MINUTE);
      world.measure();
    }
    world.now -= 10 * MINUTE * 1000;
    world.analysis = undefined;
    world.change(SECOND, { pods: 0 });
    world.reconcile();
    expect(world.known()).toMatchObject({ phase: 'Warming', weight: 10 });
    world.wait(10 * MINUTE);
    world.measure({ requests: 3 });
    return world;
  }

  it('the time that pods have to come up is not slept through', () => {
    const world = warming();
    const { status, waiting, next } = world.reconcile();
    expect([status.phase, waiting?.for]).toEqual(['Warming', 'Analysis']);
    expect(next).toEqual(new Date(world.now + 5 * MINUTE * 1000));
    world.wait(5 * MINUTE);
    world.reconcile();
    expect(world.known()?.failed).toMatchObject([{ revision: SECOND, reason: 'NotWarm' }]);
  });

  it('pods that are there and go for a moment have time to come again', () => {
    const world = warming();
    world.scale();
    const moments = [0, 1, 2].map(() => {
      const { next } = world.reconcile();
      const seconds = ((next?.getTime() ?? 0) - world.now) / 1000;
      world.wait(seconds);
      return seconds;
    });
    expect(moments).toEqual([450, 450, 450]);
    world.wait(-1);
    world.change(SECOND, { pods: 0 });
    expect(world.reconcile().next).toEqual(new Date(world.now + 451_000));
    expect(world.known()?.phase).toBe('Warming');
  });
});

it('answers that take longer than an interval let steps be taken', () => {
  const world = atRest(aRollout({ analysis: { ...ANALYSIS, interval: '1s' } }));
  world.ready(world.create(), 4);
  for (let round = 0; round < 100; round++) {
    world.reconcile();
    world.route();
    world.scale();
    world.measure();
    world.wait(5);
    world.reconcile();
    world.analysis = undefined;
  }
  expect(world.known()).toMatchObject({ weight: 50 });
});
