/** A canary from its first Revision to the last step, and what keeps it from one. */
import { describe, expect, it } from '@jest/globals';
import { ANALYSIS, aRollout } from './builders.ts';
import { atRest, FIRST, SECOND, THIRD, World } from './world.ts';

const bare = aRollout();
const analysed = aRollout({ analysis: ANALYSIS });

/** The second Revision is Ready and has its first share. */
function atFirstStep(rollout = analysed): World {
  const world = atRest(rollout);
  world.create();
  world.reconcile();
  world.ready(SECOND, 1);
  world.goWell(50);
  expect(world.known()).toMatchObject({ phase: 'Progressing', step: 1, weight: 10 });
  return world;
}

describe('the first Revision', () => {
  it('goes live directly, and is pinned once it is Ready', () => {
    const world = new World(bare);
    world.create();
    const { traffic, waiting, conditions } = world.reconcile();
    expect([traffic, waiting?.for]).toEqual([undefined, 'NotProtected']);
    expect(conditions.find(({ type }) => type === 'Protected')?.status).toBe('False');

    world.ready(FIRST, 2);
    const pinned = world.reconcile();
    expect(world.written).toEqual(['00001 100']);
    expect(pinned.traffic?.force).toBe(true);
    expect(pinned.conditions.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'Ready Unknown',
      'Protected True',
      'Suspended False',
    ]);
  });

  it('that serves is pinned while a newer one is not Ready yet', () => {
    const world = new World(bare);
    world.ready(world.create(), 2);
    world.create();
    world.reconcile();
    expect(world.written).toEqual(['00001 100']);
    expect(world.known()).toMatchObject({ phase: 'Starting', stable: FIRST, candidate: { revision: SECOND } });
  });

  it('is not chosen among several that have a share by somebody else', () => {
    const world = new World(bare);
    for (const name of [world.create(), world.create()]) world.ready(name, 1);
    world.traffic = [
      { revision: FIRST, percent: 60, tag: undefined },
      { revision: SECOND, percent: 40, tag: undefined },
    ];
    world.owner = { kind: 'person', manager: 'kubectl-edit' };
    const { traffic, waiting } = world.reconcile();
    expect([traffic, waiting?.for]).toEqual([undefined, 'TrafficSplit']);
  });

  it.each([
    ['stable', 'candidate'],
    ['stable', undefined],
    ['previous', 'preview'],
    [undefined, 'candidate'],
  ])('is not chosen by the tags %s and %s that somebody else has given', (one, other) => {
    const world = new World(bare);
    for (const name of [world.create(), world.create()]) world.ready(name, 1);
    world.traffic = [
      { revision: FIRST, percent: 60, tag: one },
      { revision: SECOND, percent: 40, tag: other },
    ];
    world.owner = { kind: 'person', manager: 'kubectl-edit' };
    const { traffic, waiting } = world.reconcile();
    expect([traffic, waiting?.for]).toEqual([undefined, 'TrafficSplit']);
  });

  it('has everything under a tag of somebody else, and is pinned', () => {
    const world = new World(bare);
    world.ready(world.create(), 1);
    world.traffic = [{ revision: FIRST, percent: 100, tag: 'candidate' }];
    world.owner = { kind: 'person', manager: 'kubectl-edit' };
    world.reconcile();
    expect(world.written).toEqual(['00001 100']);
  });
});

describe('a new Revision', () => {
  it('goes up step by step, in as few writes as there are shares', () => {
    const world = atRest(analysed);
    world.create();
    world.reconcile();
    world.ready(SECOND, 1);
    world.goWell(15 * 60);
    expect(world.written).toEqual([
      '00001 100',
      '00001 100, 00002 0 candidate',
      '00001 90, 00002 10 candidate',
      '00001 50, 00002 50 candidate',
      '00002 100',
    ]);
    expect(world.known()).toMatchObject({ phase: 'Healthy', stable: SECOND, previous: { revision: FIRST } });
    expect(world.kept).toEqual([FIRST, SECOND]);
    expect(world.claims).toEqual([]);
  });

  it('gets no share before the clock says so', () => {
    const world = atFirstStep();
    world.goWell(250);
    expect(world.known()).toMatchObject({ weight: 10 });
    world.goWell(90);
    expect(world.known()).toMatchObject({ weight: 50 });
  });

  it('waits for the Route, from which time counts', () => {
    const world = atRest(bare);
    world.ready(world.create(), 1);
    for (let round = 0; round < 100; round++) {
      world.reconcile();
      world.wait(60);
    }
    expect(world.known()).toMatchObject({ phase: 'Checking', weight: 0 });
    expect(world.decide().waiting?.for).toBe('Route');
  });

  it('waits for its pods before each step, and has failed where they do not come', () => {
    const world = atRest(bare, 10);
    world.ready(world.create(), 0);
    world.reconcile();
    world.route();
    world.reconcile();
    expect(world.claims).toEqual([
      { revision: FIRST, minScale: 10 },
      { revision: SECOND, minScale: 1 },
    ]);
    expect(world.decide().waiting).toEqual({ for: 'Pods', message: `0 of 1 pods of ${SECOND} are ready` });
    world.wait(599);
    world.reconcile();
    expect(world.known()?.phase).toBe('Warming');
    world.wait(1);
    world.reconcile();
    expect(world.known()?.failed[0]).toMatchObject({ revision: SECOND, reason: 'NotWarm' });
  });

  it.each([
    ['100%', undefined, undefined, 5],
    ['30%', undefined, undefined, 3],
    [2, undefined, undefined, 2],
    ['100%', 4, undefined, 4],
    ['100%', undefined, 1, 1],
    ['100%', undefined, 0, 5],
  ])(
    'with maxSurge %p, a policy of %p and a max-scale of %p is warmed with %p pods',
    (maxSurge, mostPods, maxScale, pods) => {
      const world = atRest(aRollout({ strategy: { canary: { steps: [{ percent: 50 }] } }, maxSurge }), 10);
      world.policy = { mostPods, freezes: [] };
      world.create({ maxScale });
      world.ready(SECOND, 0);
      world.reconcile();
      world.route();
      world.reconcile();
      expect(world.claims.find(({ revision }) => revision === SECOND)?.minScale).toBe(pods);
    },
  );

  it('asks for nothing that its author asks for anyway', () => {
    const world = atRest(aRollout({ strategy: { canary: { steps: [{ percent: 50 }] } } }), 4);
    world.create({ minScale: 3 });
    world.ready(SECOND, 0);
    world.reconcile();
    world.route();
    world.reconcile();
    expect(world.claims).toEqual([{ revision: FIRST, minScale: 4 }]);
  });

  it('holds its claim for a stable window after the end, and that of what was stable: requests still come there', () => {
    const world = atRest(aRollout({ strategy: { canary: { steps: [{ percent: 50 }] } } }), 4);
    world.ready(world.create(), 0);
    for (let round = 0; round < 6; round++) {
      world.reconcile();
      world.route();
      world.scale();
    }
    world.reconcile();
    expect(world.written.at(-1)).toBe('00002 100');
    const both = [FIRST, SECOND].map((revision) => ({ revision, minScale: 4 }));
    expect(world.claims).toEqual(both);
    world.wait(59);
    world.reconcile();
    expect(world.claims).toEqual(both);
    world.wait(1);
    world.reconcile();
    expect(world.claims).toEqual([]);
  });

  it('that fails a moment after the end before it claims nothing for what was stable then', () => {
    const world = atRest(aRollout({ strategy: { canary: { steps: [{ percent: 50 }] } } }), 4);
    world.ready(world.create(), 0);
    world.goWell(50);
    expect(world.known()).toMatchObject({ phase: 'Healthy', stable: SECOND });
    expect(world.claims).toHaveLength(2);
    world.ready(world.create(), 1);
    world.goWell(10);
    world.change(THIRD, { readiness: 'False' });
    world.reconcile();
    expect([world.known()?.phase, world.claims]).toEqual(['Failed', [{ revision: SECOND, minScale: 4 }]]);
  });

  it('that is not Ready in time has failed, and is not tried again', () => {
    const world = atRest(bare);
    world.create();
    world.reconcile();
    world.wait(600);
    world.reconcile();
    expect(world.known()).toMatchObject({ phase: 'Failed', failed: [{ revision: SECOND, reason: 'NotReady' }] });
    world.ready(SECOND, 1);
    world.goWell(1200);
    expect(world.written).toEqual(['00001 100']);
  });

  it('takes the place of one in the middle of its steps', () => {
    const world = atFirstStep();
    world.create();
    world.reconcile();
    expect(world.written.at(-1)).toBe('00001 100');
    world.ready(THIRD, 1);
    world.goWell(50);
    expect(world.written.at(-1)).toBe('00001 90, 00003 10 candidate');
    expect(world.known()?.failed).toEqual([]);
  });

  it('that runs what stable runs ends the rollout, is warmed, and becomes the pin without steps', () => {
    const world = atFirstStep();
    world.create({ fingerprint: 'print-1' });
    world.reconcile();
    world.ready(THIRD, 0);
    world.reconcile();
    world.route();
    world.reconcile();
    expect(world.claims).toContainEqual({ revision: THIRD, minScale: 4 });
    expect(world.known()?.phase).toBe('Returning');
    world.scale();
    world.reconcile();
    expect(world.written.slice(-3)).toEqual(['00001 100', '00001 100, 00003 0 candidate', '00003 100']);
  });
});

describe('a candidate in traffic', () => {
  it.each<[string, (world: World) => void, string]>([
    ['breaks', (world) => world.change(SECOND, { readiness: 'False', message: 'no image' }), 'NotReady'],
    ['is deleted', (world) => void world.revisions.delete(SECOND), 'RevisionGone'],
  ])('that %s has failed at once', (_, happens, reason) => {
    const world = atFirstStep();
    const before = world.written.length;
    happens(world);
    world.reconcile();
    expect(world.written.slice(before)).toEqual(['00001 100']);
    expect(world.known()?.failed).toMatchObject([{ revision: SECOND, reason }]);
  });

  it('that may not be Ready any more gets no more of it', () => {
    const world = atFirstStep();
    world.change(SECOND, { readiness: 'Unknown' });
    world.goWell(540);
    expect(world.known()).toMatchObject({ phase: 'Progressing', weight: 10 });
    expect(world.decide().waiting?.for).toBe('Revision');
    world.ready(SECOND);
    world.goWell(30);
    expect(world.known()).toMatchObject({ weight: 50 });
  });

  it('that is overtaken leaves stable at the pods that it had before all of it', () => {
    const world = atFirstStep();
    world.change(FIRST, { pods: 2 });
    world.create();
    world.reconcile();
    expect(world.claims).toEqual([{ revision: FIRST, minScale: 4 }]);
  });
});

describe('analysis', () => {
  it('takes everything back in one write after as many failed intervals as the limit', () => {
    const world = atFirstStep();
    world.route();
    world.reconcile();
    const before = world.written.length;
    for (let interval = 0; interval < 2; interval++) {
      world.wait(30);
      expect(world.measure({ errors: 0.5 })).toBe(true);
      world.reconcile();
    }
    expect(world.written.slice(before)).toEqual(['00001 100']);
    expect(world.known()).toMatchObject({ phase: 'Failed', failed: [{ revision: SECOND, reason: 'AnalysisFailed' }] });
    expect(world.claims).toEqual([{ revision: FIRST, minScale: 4 }]);
    expect(world.known()?.failed[0]?.message).toBe('error-rate is 50 %, above 1 %; p95-latency is 100ms, within 500ms');

    world.route();
    world.reconcile();
    world.wait(60);
    world.reconcile();
    expect(world.claims).toEqual([]);
    world.goWell(600);
    expect(world.written.length).toBe(before + 1);
  });

  it('begins its count anew with a good interval, and goes on with it after one that says nothing', () => {
    const world = atFirstStep();
    world.route();
    world.reconcile();
    const failures: (number | undefined)[] = [];
    for (const values of [{ errors: 1 }, {}, { errors: 1 }, { requests: 99, errors: 1 }, { requests: undefined }]) {
      world.wait(30);
      world.measure(values);
      world.reconcile();
      failures.push(world.known()?.analysis?.failures);
    }
    expect(failures).toEqual([1, 0, 1, 1, 1]);
    world.wait(30);
    world.measure({ latency: 0.6 });
    world.reconcile();
    expect(world.known()?.phase).toBe('Failed');
  });

  it('that says nothing lets no step go on, for as long as it takes', () => {
    const world = atFirstStep();
    world.route();
    for (let round = 0; round < 400; round++) {
      world.reconcile();
      world.wait(10);
      world.measure({ requests: 3 });
    }
    expect(world.known()).toMatchObject({ phase: 'Progressing', step: 1 });
    const { waiting } = world.decide();
    expect(waiting?.for).toBe('Analysis');
    expect(waiting?.message).toMatch(/^inconclusive: 3 requests are fewer than 100; /);
  });

  it('judges one interval after an hour in which nobody asked', () => {
    const world = atFirstStep();
    world.route();
    world.reconcile();
    world.wait(3600);
    const asked = world.decide().measure;
    expect((asked?.to ?? 0) - (asked?.from ?? 0)).toBe(30_000);
    world.measure({ errors: 1 });
    world.reconcile();
    expect(world.known()).toMatchObject({ phase: 'Progressing', analysis: { failures: 1 } });
  });

  it('lets no first step be taken as long as nobody answers', () => {
    const world = atRest(analysed);
    world.ready(world.create(), 1);
    for (let round = 0; round < 20; round++) {
      world.reconcile();
      world.route();
      world.wait(30);
      const asked = world.decide().measure;
      if (asked !== undefined) world.analysis = { ...asked, requests: undefined, metrics: [] };
    }
    expect(world.known()).toMatchObject({ phase: 'Checking', weight: 0 });
    world.reconcile();
    world.wait(30);
    expect(world.measure({ requests: 0 })).toBe(true);
    world.reconcile();
    world.scale();
    world.reconcile();
    expect(world.known()).toMatchObject({ weight: 10 });
  });

  it('counts an answer once, whoever gives it again', () => {
    const world = atFirstStep();
    world.route();
    world.reconcile();
    world.wait(30);
    world.measure({ errors: 1 });
    for (let round = 0; round < 5; round++) world.reconcile();
    expect(world.known()?.analysis?.failures).toBe(1);
  });
});

describe('a strategy that Git changes in the middle', () => {
  const long = aRollout({
    strategy: { canary: { steps: [10, 25, 50, 75].map((percent) => ({ percent, pause: '1m' })) } },
  });
  const half = (): World => {
    const world = atRest(long);
    world.create();
    world.reconcile();
    world.ready(SECOND, 1);
    world.goWell(190);
    expect(world.known()).toMatchObject({ phase: 'Progressing', step: 3, weight: 50 });
    return world;
  };

  it('to fewer steps keeps the share, and lasts as long as the new step of it says', () => {
    const world = half();
    world.rollout = aRollout({ strategy: { canary: { steps: [{ percent: 25 }, { percent: 50, pause: '1h' }] } } });
    world.goWell(1800);
    expect(world.written.at(-1)).toBe('00001 50, 00002 50 candidate');
    world.goWell(2400);
    expect(world.written.slice(-2)).toEqual(['00001 50, 00002 50 candidate', '00002 100']);
  });

  it('to more steps goes up from the share that it has', () => {
    const world = half();
    const steps = [5, 10, 20, 30, 40, 60].map((percent) => ({ percent, pause: '1m' }));
    world.rollout = aRollout({ strategy: { canary: { steps } } });
    world.goWell(300);
    expect(world.written.slice(-3)).toEqual([
      '00001 50, 00002 50 candidate',
      '00001 40, 00002 60 candidate',
      '00002 100',
    ]);
  });

  it('to blueGreen takes the share back, and begins the preview with its smoke test', () => {
    const world = half();
    const smokeTest = { http: { path: '/healthz' } };
    world.rollout = aRollout({ strategy: { blueGreen: { autoPromoteAfter: '10m', smokeTest } } });
    world.goWell(1800);
    expect(world.written.at(-1)).toBe('00001 100, 00002 0 preview');
    expect(world.decide().waiting?.for).toBe('SmokeTest');
    expect(world.events).toContain('StrategyChanged');
  });
});
