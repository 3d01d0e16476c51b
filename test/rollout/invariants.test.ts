/**
 * What holds whatever happens, in whichever order, and wherever the controller dies (docs/adr/0031-how-a-rollout-decides.md
 * lists it). Each round carries out some of the writes of a decision, and the next one begins from what was written.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWarm, podsForNext } from '../../src/rollout/claims.ts';
import type { Decision } from '../../src/rollout/decide.ts';
import { frozenAt } from '../../src/rollout/freeze.ts';
import type { TrafficRollout } from '../../src/rollout/model.ts';
import { stagesOf, tagOf } from '../../src/rollout/stages.ts';
import { PHASES, type RolloutStatus } from '../../src/rollout/status.ts';
import { TAGS } from '../../src/rollout/traffic.ts';
import { ANALYSIS, aRollout } from './builders.ts';
import { statusRefusals } from './schema.ts';
import { LATEST, trafficText, World, WRITES } from './world.ts';

const FREEZE = { timeZone: 'Etc/UTC', windows: [{ name: 'evening', start: '0 12 * * *', end: '0 13 * * *' }] };
const PAUSES = [{ percent: 10, pause: '1m' }, { percent: 40 }, { percent: 100, pause: '2m' }];
const ROLLOUTS = {
  'a canary by the clock': aRollout(),
  'a canary by its metrics': aRollout({ analysis: ANALYSIS, progressDeadline: '5m', maxSurge: 2, freeze: FREEZE }),
  'a canary with a last step of all': aRollout({ strategy: { canary: { steps: PAUSES } }, analysis: ANALYSIS }),
  'a canary that waits for a person': aRollout({ strategy: { canary: { steps: [{ percent: 20, pause: {} }] } } }),
  blueGreen: aRollout({
    strategy: {
      blueGreen: { autoPromoteAfter: '1m', keepOld: '10m', smokeTest: { http: { path: '/healthz' } } },
    },
    analysis: ANALYSIS,
  }),
} as const satisfies Record<string, TrafficRollout>;

/** What Git may write in the middle of a rollout: fewer steps, more of them, another strategy. */
const STRATEGIES = [
  { canary: { steps: [{ percent: 25 }, { percent: 50, pause: '3m' }] } },
  { canary: { steps: [5, 15, 35, 45, 60, 90].map((percent) => ({ percent, pause: '1m' })) } },
  { blueGreen: { autoPromoteAfter: '2m', smokeTest: { http: { path: '/healthz' } } } },
].map((strategy) => aRollout({ strategy }).strategy);

type Action = (world: World) => void;

/** What may happen between two rounds, by its name, so that a failure reads as a story. */
const ACTIONS: Readonly<Record<string, Action>> = {
  'a new Revision': (world) => void world.create(),
  'the first template again': (world) => {
    const name = world.create({ fingerprint: world.revisions.get(world.known()?.stable ?? '')?.fingerprint ?? '' });
    world.ready(name, 0);
  },
  'a Revision with a max-scale': (world) => world.ready(world.create({ maxScale: 1 }), 0),
  'a Revision that is Ready': (world) => world.ready(world.create(), 1),
  load: (world) => world.change(world.known()?.stable, { pods: 8 }),
  'the newest is Ready': (world) => world.ready(world.latestCreated, 1),
  'the newest breaks': (world) => world.change(world.latestCreated, { readiness: 'False', message: 'it crashes' }),
  'the newest is not known to be Ready': (world) => world.change(world.latestCreated, { readiness: 'Unknown' }),
  'the newest is deleted': (world) => void world.revisions.delete(world.latestCreated ?? ''),
  'stable is deleted': (world) => void world.revisions.delete(world.known()?.stable ?? ''),
  'the Route follows': (world) => world.route(),
  'the pods follow': (world) => world.scale(),
  'the pods go': (world) => world.change(world.latestCreated, { pods: 0 }),
  'an hour without pods': (world) => {
    world.change(world.latestCreated, { pods: 0 });
    world.route();
    world.reconcile();
    world.reconcile();
    world.wait(3600);
  },
  'a good interval': (world) => void world.measure(),
  'a bad interval': (world) => {
    world.wait(30);
    world.measure({ errors: 0.9 });
  },
  'a slow interval': (world) => void world.measure({ latency: 3 }),
  'an interval without requests': (world) => void world.measure({ requests: 0, errors: Number.NaN }),
  'an interval without answers': (world) => void world.measure({ requests: undefined, errors: Number.NaN }),
  'the smoke test passes': (world) => smokeTest(world, 'passed'),
  'the smoke test fails': (world) => {
    world.route();
    world.reconcile();
    smokeTest(world, 'failed');
  },
  'a good minute': (world) => {
    world.route();
    world.scale();
    world.wait(60);
    world.measure();
    smokeTest(world, 'passed');
  },
  'ten seconds': (world) => world.wait(10),
  'a minute': (world) => world.wait(60),
  'an hour': (world) => world.wait(3600),
  'an hour back': (world) => world.wait(-3600),
  'a person edits traffic': (world) => {
    world.edit([{ revision: world.latestCreated, percent: 100, tag: 'mine' }]);
    world.owner = { kind: 'person', manager: 'kubectl-edit' };
  },
  'somebody writes traffic again and again': (world) => {
    world.edit([{ revision: world.latestCreated, percent: 100, tag: 'mine' }]);
    world.owner = { kind: 'person', manager: 'a-script' };
    world.rival = { who: 'a-script', times: 4, until: new Date(world.now + 20_000) };
  },
  'somebody empties traffic': (world) => {
    world.edit([LATEST]);
    world.owner = { kind: 'nobody' };
  },
  'Git writes traffic': (world) => {
    world.edit([LATEST]);
    world.owner = { kind: 'git', manager: 'argocd-controller' };
  },
  'Git writes traffic for a moment after a good interval': (world) => {
    world.change(world.latestCreated, { pods: 0 });
    world.route();
    world.reconcile();
    world.wait(30);
    world.measure();
    world.reconcile();
    world.edit([LATEST]);
    world.owner = { kind: 'git', manager: 'argocd-controller' };
    world.reconcile();
    world.wait(10);
    world.owner = { kind: 'nobody' };
    world.reconcile();
    world.route();
    world.change(world.latestCreated, { pods: 8 });
  },
  'Git leaves traffic out': (world) => {
    if (world.owner.kind === 'git') world.owner = { kind: 'nobody' };
  },
  'rollout-duration': (world) => {
    world.rolloutDuration = world.rolloutDuration === undefined ? '5m' : undefined;
  },
  'the spec changes': (world) => {
    const { strategy } = world.rollout;
    const next = STRATEGIES[(STRATEGIES.indexOf(strategy) + 1) % STRATEGIES.length] ?? strategy;
    world.rollout = { ...world.rollout, strategy: next };
  },
  'the spec can be read, or no more': (world) => {
    world.problems = world.problems.length > 0 ? [] : [{ path: '/spec', message: 'it says nothing' }];
  },
  'says promote': (world) => say(world, 'promote'),
  'says promote-full': (world) => say(world, 'promote-full'),
  'says pause': (world) => say(world, 'pause'),
  'says resume': (world) => say(world, 'resume'),
  'says abort': (world) => say(world, 'abort'),
  'says undo': (world) => say(world, 'undo'),
  'says retry': (world) => say(world, 'retry'),
  'says anything': (world) => say(world, '__proto__'),
};

function smokeTest(world: World, outcome: 'passed' | 'failed'): void {
  const asked = world.decide().smokeTest;
  if (asked !== undefined) world.smokeTest = { revision: asked.revision, outcome, message: `it ${outcome}` };
}

function say(world: World, verb: string): void {
  world.command = `${verb} ${world.latestCreated ?? ''} ${world.now}-${world.events.length}`;
  if (verb === 'undo') world.command = `undo ${world.known()?.previous?.revision ?? ''} ${world.now}`;
  if (verb === '__proto__') world.command = verb;
}

const names = Object.keys(ACTIONS);
const FREQUENT = [
  'a Revision that is Ready',
  'a bad interval',
  'the smoke test fails',
  'an hour without pods',
  'load',
  'the first template again',
  'says undo',
  'says promote',
  'the spec changes',
  'Git writes traffic for a moment after a good interval',
];
/** After each action a round, of which so many writes are carried out before the controller dies. */
const round = fc.record({
  action: fc.oneof(
    { arbitrary: fc.constantFrom(...names), weight: 4 },
    { arbitrary: fc.constantFrom(...FREQUENT), weight: 3 },
    { arbitrary: fc.constant('a good minute'), weight: 4 },
  ),
  times: fc.constantFrom(1, 1, 2, 4, 8),
  writes: fc.constantFrom(WRITES.length, WRITES.length, WRITES.length, 2, 1, 0),
});
const REASONS = [
  'Aborted',
  'AnalysisFailed',
  'NotReady',
  'NotWarm',
  'RevisionGone',
  'SmokeTestFailed',
  'Undone',
  'Promoted',
  'Step',
  'Superseded',
  'SameAsStable',
  'StrategyChanged',
  'TrafficTakenBack',
  'CommandRefused',
  'StableGone',
];
const story = fc.array(round, { maxLength: 20, size: 'max' }).map(timesOver);

/** What is said to happen several times, as often: a rollout takes its minutes. */
function timesOver<Each extends { times: number }>(rounds: readonly Each[]): Each[] {
  return rounds.flatMap((each) => Array.from({ length: each.times }, () => each));
}

const RUNS = 40;
const AGAIN = { readiness: 'True', message: '', pods: 1, minScale: 0, maxScale: undefined } as const;

describe.each(Object.entries(ROLLOUTS))('%s', (_, rollout) => {
  it('keeps what holds, whatever happens', () => {
    fc.assert(
      fc.property(story, (rounds) => {
        const world = new World(rollout);
        for (const { action, writes } of rounds) {
          ACTIONS[action]?.(world);
          const before = world.known();
          const shares = sharesOf(world);
          const decision = world.reconcile(writes);
          holds(world, before, shares, decision);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('decides once: where all of it is written, nothing is left to write', () => {
    fc.assert(
      fc.property(story, (rounds) => {
        const world = new World(rollout);
        for (const { action } of rounds) {
          ACTIONS[action]?.(world);
          world.reconcile();
          const again = world.decide();
          expect(again.traffic).toBeUndefined();
          expect(again.events).toEqual([]);
          expect(again.claims).toEqual(world.claims);
          expect(JSON.stringify(again.status)).toBe(JSON.stringify(world.known()));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('comes to its end once everything goes well', () => {
    fc.assert(
      fc.property(story, (rounds) => {
        const world = new World(rollout);
        world.create();
        for (const { action, writes } of rounds) {
          ACTIONS[action]?.(world);
          world.reconcile(writes);
        }
        mend(world);
        for (let minute = 0; minute < 150; minute++) settle(world);
        const status = world.known();
        const newest = world.latestCreated ?? '';
        const hasFailed = status?.failed.some(({ revision }) => revision === newest);
        expect([status?.stable === newest || hasFailed, status?.candidate]).toEqual([true, undefined]);
        expect(world.claims).toEqual([]);
        expect(trafficText(world.traffic)).toBe(`${status?.stable?.replace('api-service-', '')} 100`);
      }),
      { numRuns: 25 },
    );
  });
});

it('stories come across every phase, every way to fail and every event', () => {
  const reached = new Set<string>();
  for (const rollout of Object.values(ROLLOUTS)) {
    for (const rounds of fc.sample(story, { numRuns: 400, seed: 10 })) {
      const world = new World(rollout);
      for (const { action, writes } of rounds) {
        ACTIONS[action]?.(world);
        const { status, events, traffic } = world.reconcile(writes);
        if (traffic?.told !== undefined) reached.add(traffic.told.reason);
        reached.add(status.phase);
        if (status.returning !== undefined) reached.add(status.returning);
        for (const { reason } of [...events, ...status.failed]) reached.add(reason);
      }
    }
  }
  expect([...PHASES, 'Git', 'Undo', ...REASONS].filter((each) => !reached.has(each))).toEqual([]);
});

/** The share of each Revision in spec.traffic. */
function sharesOf({ traffic }: World): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { revision = 'latest', percent } of traffic) {
    shares.set(revision, (shares.get(revision) ?? 0) + percent);
  }
  return shares;
}

function holds(world: World, before: RolloutStatus | undefined, shares: ReadonlyMap<string, number>, made: Decision) {
  const { status, traffic } = made;
  expect(statusRefusals(JSON.parse(JSON.stringify(world.status ?? { phase: 'Waiting' })), made.conditions)).toEqual([]);
  if (world.owner.kind === 'git') expect(traffic).toBeUndefined();
  stepIsWhole(status);
  claimsAreBounded(world, made);
  const newlyFailed = status.failed.filter(
    ({ revision }) => !before?.failed.some((each) => each.revision === revision),
  );
  if (traffic === undefined) return;

  // always 100, always by name, each tag once
  const sum = traffic.targets.reduce((all, { percent }) => all + percent, 0);
  expect(sum).toBe(100);
  const tags = traffic.targets.flatMap(({ tag }) => tag ?? []);
  expect(new Set(tags).size).toBe(tags.length);
  const shareOf = (name: string): number => traffic.targets.find(({ revision }) => revision === name)?.percent ?? 0;
  for (const { revision, percent, tag } of traffic.targets) {
    expect(revision).toBeDefined();
    expect([...world.revisions.keys()]).toContain(revision);
    expect(Number.isInteger(percent) && percent >= 0 && percent <= 100).toBe(true);
    expect(percent > 0 || tag !== undefined).toBe(true);
    // a failed Revision has left, but for one that still serves while a person goes back from it
    const isBad = status.failed.some((each) => each.revision === revision);
    if (isBad && revision !== status.stable) expect([revision, tag]).toEqual([revision, TAGS.previous]);
  }
  // all of it back in the very write that follows a failure
  if (newlyFailed.some(({ reason }) => reason !== 'Undone') && status.stable !== undefined) {
    expect(shareOf(status.stable)).toBe(100);
  }
  // the candidate has the share of its step, and no more than its step
  const { candidate } = status;
  if (candidate !== undefined) expect(shareOf(candidate.revision)).toBe(status.weight);
  gatesWereOpen(world, before, status, shares);
}

function stepIsWhole({ step, weight, candidate, phase }: RolloutStatus): void {
  expect(weight > 0).toBe(step > 0);
  if (candidate === undefined) expect([step, weight]).toEqual([0, 0]);
  if (phase === 'Checking' || phase === 'Starting' || phase === 'Returning') expect(weight).toBe(0);
}

function claimsAreBounded(world: World, { claims, status }: Decision): void {
  for (const { revision, minScale } of claims) {
    const most = world.revisions.get(revision)?.maxScale;
    expect(minScale).toBeLessThanOrEqual(most ?? Number.POSITIVE_INFINITY);
  }
  // stable keeps its pods for as long as a candidate is there
  const { stable, stablePods, candidate } = status;
  const seen = stable === undefined ? undefined : world.revisions.get(stable);
  if (candidate === undefined || stablePods === undefined || seen === undefined || world.owner.kind === 'git') return;
  const held = claims.find(({ revision }) => revision === stable)?.minScale ?? seen.minScale;
  expect(held).toBe(Math.min(stablePods, seen.maxScale ?? Number.POSITIVE_INFINITY));
}

/** A share grows only with its pods there, outside of freezes and pauses, and by one step at a time. */
function gatesWereOpen(
  world: World,
  before: RolloutStatus | undefined,
  status: RolloutStatus,
  shares: ReadonlyMap<string, number>,
): void {
  const isPromoted = before?.stable !== undefined && before.candidate?.revision === status.stable;
  const isStep = status.step > (before?.step ?? 0);
  if (before === undefined || (!isStep && !isPromoted)) return;
  expect(status.step - before.step).toBeLessThanOrEqual(1);
  if (before.returning !== undefined || status.returning !== undefined) return;
  const between = stagesOf(world.rollout).filter(({ percent }) => percent > before.weight);
  if (isStep) expect(status.weight).toBe(between[0]?.percent);
  const name = before.candidate?.revision ?? '';
  // without a stable one to go back to a person may go on
  if (before.stable === undefined || !world.revisions.has(before.stable)) return;
  // one that was promoted before its write was cut off has its share by then
  if (!isStep && (shares.get(name) ?? 0) === 100) return;
  // all of it comes after the last step before it, under the strategy by which it was tried
  if (isPromoted) expect([between.length <= 1, before.candidate?.tag]).toEqual([true, tagOf(world.rollout)]);
  expect(world.rolloutDuration).toBeUndefined();
  expect(status.isPaused || world.rollout.isPaused).toBe(false);
  expect(frozenAt([world.rollout.freeze], new Date(world.now))).toBeUndefined();
  expect(world.revisions.get(name)?.readiness).toBe('True');
  // nobody but a person goes on without a look at the last interval
  if (world.rollout.analysis !== undefined && before.promoted === undefined && status.command === before.command) {
    wasLookedAt(world, before);
  }
  const asked = podsForNext(before, world.rollout, world.observed());
  expect([isWarm(before, world.rollout, world.observed()), asked]).toEqual([true, asked]);
}

/** The last interval since the Route changed was judged, a moment ago. */
function wasLookedAt(world: World, { analysis, routedSince = '', candidate }: RolloutStatus): void {
  const routed = Date.parse(routedSince);
  const judged = Date.parse(analysis?.at ?? routedSince);
  const { revision, from = 0, to = 0 } = world.analysis ?? {};
  // an answer about a time before that counts for nothing
  const isCounted = revision === candidate?.revision && from >= Math.max(judged, routed);
  const heard = isCounted ? to : judged;
  expect([heard > routed, world.now - heard < 30_000]).toEqual([true, true]);
}

/** Whoever stands in the way leaves. */
function mend(world: World): void {
  world.owner = world.owner.kind === 'git' ? { kind: 'nobody' } : world.owner;
  world.rolloutDuration = undefined;
  world.rival = undefined;
  world.problems = [];
  world.analysis = undefined;
  world.smokeTest = undefined;
  say(world, 'resume');
  world.reconcile();
  if (world.decide().waiting?.for === 'RevisionMissing') world.traffic = [LATEST];
  for (const name of [world.known()?.stable, world.latestCreated, world.known()?.candidate?.revision]) {
    if (name === undefined) continue;
    if (!world.revisions.has(name)) world.revisions.set(name, { ...AGAIN, fingerprint: name });
    world.ready(name);
  }
}

function settle(world: World): void {
  world.reconcile();
  world.route();
  world.scale();
  world.measure();
  smokeTest(world, 'passed');
  // what is answered is heard before the next interval is over
  world.reconcile();
  if (world.decide().waiting?.for === 'Person') say(world, 'promote');
  world.wait(60);
}
