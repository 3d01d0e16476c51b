/** What people, Git and policies do to a rollout. */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { aRollout } from './builders.ts';
import { manual, waiting } from './waiting.ts';
import { atRest, FIRST, LATEST, SECOND, THIRD, World } from './world.ts';

function say(world: World, command: string): string | undefined {
  world.command = command;
  world.reconcile();
  return world.events.at(-1);
}

describe('a person says', () => {
  it('promote, which is one step, and heard once', () => {
    const world = waiting();
    world.command = 'promote';
    world.goWell(600);
    expect(world.written.at(-1)).toBe('00001 40, 00002 60 candidate');
    world.command = `promote ${SECOND} step-2`;
    world.goWell(30);
    expect(world.written.at(-1)).toBe('00002 100');
  });

  it('promote-full, which is every step, with its pods', () => {
    const world = waiting();
    world.change(SECOND, { pods: 1 });
    world.command = 'promote-full';
    world.goWell(60);
    expect(world.written.slice(-2)).toEqual(['00001 40, 00002 60 candidate', '00002 100']);
  });

  it.each([
    [`promote ${FIRST}`, 'CommandRefused'],
    ['promot', 'CommandRefused'],
    ['undo', 'CommandRefused'],
    ['retry', 'CommandRefused'],
    ['x'.repeat(5000), 'CommandRefused'],
    ['pause', 'Command'],
  ])('%p in the middle of a rollout, and is answered by %s', (command, event) => {
    const world = waiting();
    expect(say(world, command)).toBe(event);
    const before = world.events.length;
    world.reconcile();
    expect(world.events.length).toBe(before);
    expect(world.known()?.weight).toBe(20);
    expect(world.known()?.refusal !== undefined).toBe(event === 'CommandRefused');
    say(world, 'pause once more');
    expect(world.known()?.refusal).toBeUndefined();
  });

  it('pause, and no step is taken until resume', () => {
    const world = waiting();
    say(world, 'pause');
    say(world, 'promote');
    world.goWell(600);
    expect(world.known()?.weight).toBe(20);
    expect(world.decide().waiting?.for).toBe('Resume');
    world.command = 'resume';
    world.goWell(30);
    expect(world.known()?.weight).toBe(60);
  });

  it('abort after hours, and stable keeps its pods until the Route has taken that', () => {
    const world = waiting();
    world.goWell(3600);
    say(world, 'abort');
    const held = [{ revision: FIRST, minScale: 4 }];
    expect([world.known()?.routedSince, world.claims]).toEqual([undefined, held]);
    world.wait(600);
    world.reconcile();
    world.route();
    world.reconcile();
    expect(world.claims).toEqual(held);
    world.wait(60);
    world.reconcile();
    expect(world.claims).toEqual([]);
  });

  it('abort, and retry afterwards', () => {
    const world = waiting();
    say(world, `abort ${SECOND}`);
    expect(world.written.at(-1)).toBe('00001 100');
    world.goWell(600);
    expect(world.known()?.phase).toBe('Failed');
    world.command = 'retry';
    world.goWell(60);
    expect(world.written.at(-1)).toBe('00001 80, 00002 20 candidate');
  });
});

describe('spec.traffic', () => {
  it('that a person edits is taken back, and said', () => {
    const world = waiting();
    world.edit([{ revision: SECOND, percent: 100, tag: undefined }]);
    world.owner = { kind: 'person', manager: 'kubectl-edit' };
    const { traffic, events } = world.reconcile();
    expect(traffic?.force).toBe(true);
    expect([traffic?.told?.message, events]).toEqual([
      'kubectl-edit has changed spec.traffic, which the rollout owns: it is put back; say it by weir rollout',
      [],
    ]);
    expect(world.written.at(-1)).toBe('00001 80, 00002 20 candidate');
  });

  it('that somebody writes as often as it is put back is left alone for a while, and nothing moves meanwhile', () => {
    const world = waiting();
    world.edit([{ revision: SECOND, percent: 100, tag: undefined }]);
    world.owner = { kind: 'person', manager: 'a-script' };
    const until = new Date(world.now + 20_000);
    world.rival = { who: 'a-script', times: 4, until };
    world.route();
    world.command = 'promote';
    const { traffic, events, next, conditions } = world.reconcile();
    expect([traffic, events.map(({ reason }) => reason), next]).toEqual([undefined, ['Command'], until]);
    expect(conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'Ready Unknown WaitingForRival',
      'Protected False Rival',
      'Suspended True WaitingForRival',
    ]);
    expect(conditions[2]?.message).toMatch(
      /^a-script writes spec.traffic whenever it is put back, 4 times by now; it is/,
    );
    world.reconcile();
    expect(world.known()).toMatchObject({ weight: 20, routedSince: undefined });
    // what a person ends is ended all the same, and written as soon as it may be
    world.command = 'abort';
    const aborted = world.reconcile();
    expect(aborted).toMatchObject({ traffic: undefined, status: { phase: 'Failed' } });
    expect(aborted.conditions[0]?.message).toMatch(
      /^api-service-00002 has failed: a person has ended it; a-script writes/,
    );
    world.wait(20);
    world.reconcile();
    expect(world.written.at(-1)).toBe('00001 100');
  });

  it('that somebody like that has written as it was asked for is taken at once, and it goes on', () => {
    const world = waiting();
    world.edit(world.traffic);
    world.owner = { kind: 'person', manager: 'a-script' };
    world.rival = { who: 'a-script', times: 4, until: new Date(world.now + 20_000) };
    world.route();
    const { routedSince } = world.decide().status;
    expect([routedSince, world.decide().waiting?.for]).toEqual([world.known()?.routedSince, 'Person']);
    expect(routedSince).toBeDefined();
    world.command = 'promote';
    world.goWell(10);
    expect(world.written.at(-1)).toBe('00001 40, 00002 60 candidate');
  });

  it('that somebody like that has written as a step asks for is changed with that step', () => {
    const world = waiting();
    world.command = 'promote';
    world.owner = { kind: 'person', manager: 'a-script' };
    world.rival = { who: 'a-script', times: 4, until: new Date(world.now + 20_000) };
    const { traffic, waiting: waits, status } = world.decide();
    expect(traffic?.targets).toContainEqual({ revision: SECOND, percent: status.weight, tag: 'candidate' });
    expect([status.weight, waits?.for]).toEqual([60, 'Route']);
  });

  it("that the Route has not taken yet is nobody's, and Ready says so", () => {
    const world = new World(manual);
    world.ready(world.create(), 4);
    const readyOf = (): string => {
      const [ready] = world.reconcile().conditions;
      return `${ready?.status} ${ready?.reason}: ${ready?.message}`;
    };
    readyOf();
    expect(readyOf()).toBe('Unknown WaitingForRoute: the Route has not taken spec.traffic yet');
    world.route();
    expect(readyOf()).toBe(`True Healthy: ${FIRST} has all of the traffic`);
    world.ready(world.create(), 4);
    world.goWell(30);
    world.command = 'abort';
    expect(readyOf()).toMatch(
      /^False Aborted: api-service-00002 has failed: .*; the Route has not taken spec.traffic yet$/,
    );
    world.route();
    expect(readyOf()).toMatch(/^False Aborted: api-service-00001 has all of the traffic: /);
  });

  it("that stands as it was put is the rollout's, also a moment after it was put back", () => {
    const world = waiting();
    world.rival = { who: 'a-script', times: 4, until: new Date(world.now + 20_000) };
    world.command = 'promote';
    world.goWell(10);
    expect(world.written.at(-1)).toBe('00001 40, 00002 60 candidate');
  });

  it('that Git writes is never written over, and the rollout goes on where it was once Git leaves it out', () => {
    const world = waiting();
    world.edit([LATEST]);
    world.owner = { kind: 'git', manager: 'argocd-controller' };
    world.command = 'promote';
    const before = world.written.length;
    world.goWell(3600);
    expect(world.written.length).toBe(before);
    // Git may write as often as it likes: that is nothing to remember
    world.generation++;
    expect(world.decide().status).toEqual(world.known());
    const { conditions } = world.decide();
    expect(conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'Ready Unknown WaitingForGit',
      'Protected False Git',
      'Suspended True WaitingForGit',
    ]);
    world.owner = { kind: 'nobody' };
    world.reconcile();
    expect(world.written.at(-1)).toBe('00001 80, 00002 20 candidate');
  });

  it('is believed where the status was lost in the middle of a rollout', () => {
    const world = waiting();
    world.status = undefined;
    world.reconcile();
    expect(world.known()).toMatchObject({ stable: FIRST, candidate: { revision: SECOND }, weight: 0 });
  });

  it('of another Service of the same name is looked at anew', () => {
    const world = waiting();
    world.isThere = false;
    const { traffic, claims } = world.reconcile();
    expect([traffic, claims]).toEqual([undefined, []]);
    const next = new World(manual);
    next.status = world.status;
    next.uid = 'uid-2';
    next.ready(next.create(), 1);
    next.reconcile();
    expect(next.known()).toMatchObject({ phase: 'Healthy', stable: FIRST, weight: 0, failed: [] });
  });

  it('is left alone by who sees less than was seen before', () => {
    const world = waiting();
    world.goWell(30);
    const { generation } = world;
    world.generation = 1;
    world.latestCreated = FIRST;
    const { status, traffic } = world.reconcile();
    expect([traffic, status.candidate?.revision]).toEqual([undefined, SECOND]);
    world.generation = generation;
  });
});

describe('no step is taken', () => {
  const steps = { canary: { steps: [{ percent: 20, pause: '1m' }] } };

  it.each<[string, JsonObject, Partial<World>, string]>([
    ['while spec.paused is true', { paused: true }, {}, 'Resume'],
    ['beside rollout-duration', {}, { rolloutDuration: '5m' }, 'RolloutDuration'],
    [
      'in a freeze',
      { freeze: { timeZone: 'Etc/UTC', windows: [{ name: 'monday', start: '0 9 * * 1', end: '0 23 * * 1' }] } },
      {},
      'Freeze',
    ],
  ])('%s', (_, spec, parts, reason) => {
    const world = atRest(aRollout({ strategy: steps, ...spec }));
    Object.assign(world, parts);
    world.ready(world.create(), 4);
    world.command = 'promote-full';
    world.goWell(3600);
    expect(world.written.at(-1)).toBe('00001 100, 00002 0 candidate');
    expect(world.decide().waiting?.for).toBe(reason);
  });

  it('in a freeze of the policy, and one is at its end', () => {
    const world = atRest(aRollout({ strategy: steps }));
    const windows = [{ name: 'monday', start: '0 9 * * 1', end: '0 11 * * 1' }];
    const { freeze } = aRollout({ freeze: { timeZone: 'Etc/UTC', windows } });
    world.policy = { mostPods: undefined, freezes: freeze === undefined ? [] : [freeze] };
    world.ready(world.create(), 4);
    world.goWell(60);
    expect(world.known()?.weight).toBe(0);
    expect(world.decide().next?.toISOString()).toBe('2026-11-23T11:00:00.000Z');
    world.wait(3600);
    world.goWell(30);
    expect(world.known()?.weight).toBe(20);
  });

  it('without stable, but by a person', () => {
    const world = waiting();
    world.revisions.delete(FIRST);
    world.command = 'promote';
    world.goWell(600);
    expect(world.decide().waiting?.for).toBe('Stable');
    world.command = 'promote-full';
    world.reconcile();
    expect(world.written.at(-1)).toBe('00002 100');
  });
});

describe('time', () => {
  it('that is set back makes a pause longer, and nothing else', () => {
    const world = waiting(aRollout({ strategy: { canary: { steps: [{ percent: 20, pause: '5m' }] } } }));
    world.goWell(20);
    world.wait(-86_400);
    world.goWell(290);
    expect(world.known()?.weight).toBe(20);
    world.goWell(40);
    expect(world.written.at(-1)).toBe('00002 100');
  });

  it('says when to ask again', () => {
    const world = waiting(aRollout({ strategy: { canary: { steps: [{ percent: 20, pause: '5m' }] } } }));
    // routed ten seconds ago
    expect((world.decide().next?.getTime() ?? 0) - world.now).toBe(290_000);
    world.create();
    world.reconcile();
    expect(world.known()?.candidate?.revision).toBe(THIRD);
    expect((world.decide().next?.getTime() ?? 0) - world.now).toBe(600_000);
  });
});

describe('promote on the way back', () => {
  it.each(['promote', 'promote-full'])('by %s does not pass the warm-up', (verb) => {
    const world = atRest(aRollout());
    world.ready(world.create(), 4);
    world.goWell(15 * 60);
    expect(world.written.at(-1)).toBe('00002 100');
    world.change(FIRST, { pods: 0 });
    say(world, `undo ${FIRST}`);
    world.route();
    say(world, `${verb} ${FIRST}`);
    expect(world.known()).toMatchObject({ phase: 'Returning', stable: SECOND });
    world.scale();
    world.reconcile();
    expect(world.known()).toMatchObject({ returning: undefined, stable: FIRST });
  });
});
