/** What becomes of a rollout whose spec cannot be read. */
import { describe, expect, it } from '@jest/globals';
import type { TrafficOwner } from '../../src/rollout/owner.ts';
import { readRollout } from '../../src/rollout/read.ts';
import { decideUnreadable } from '../../src/rollout/unreadable.ts';
import { aDocument } from './builders.ts';
import { manual, undoing, waiting } from './waiting.ts';
import { atRest, FIRST, LATEST, SECOND, type World } from './world.ts';

describe('a TrafficRollout that cannot be read', () => {
  const { problems = [] } = readRollout(aDocument({ strategy: {} }));

  it('leaves everything as it is, and says why', () => {
    const world = waiting();
    world.problems = problems;
    const { status, claims, traffic, conditions } = world.decide();
    expect([status, claims, traffic]).toEqual([world.known(), world.claims, undefined]);
    expect(conditions.map(({ type, status: is }) => `${type} ${is}`)).toEqual([
      'Ready False',
      'Protected True',
      'Suspended True',
    ]);
    expect(conditions[0]?.message).toMatch(
      /^nothing moves until spec can be read: \/spec\/strategy: strategy is empty; /,
    );
    expect(conditions[1]?.message).toBe(
      'spec.traffic stays as it was decided: api-service-00001 80 %, api-service-00002 20 %',
    );
  });

  it.each<[by: string, owner: TrafficOwner, message: RegExp]>([
    [
      'a person',
      { kind: 'person', manager: 'kubectl-edit' },
      /^kubectl-edit has changed spec.traffic, .* it is put back/,
    ],
    [
      "Knative's default",
      { kind: 'nobody' },
      /^spec.traffic was emptied, or let to the latest Revision: it is put back$/,
    ],
    [
      'somebody who writes that',
      { kind: 'nobody', manager: 'kubectl-patch' },
      /^spec.traffic was emptied, or let to the latest Revision \(kubectl-patch\): it is put back$/,
    ],
  ])('has its traffic put back where it was changed by %s in the middle', (_, owner, message) => {
    const world = waiting();
    const before = world.known();
    world.problems = problems;
    world.edit([LATEST]);
    world.owner = owner;
    const { traffic, events } = world.reconcile();
    expect([traffic?.force, traffic?.told?.message, events]).toEqual([true, expect.stringMatching(message), []]);
    expect(world.written.at(-1)).toBe('00001 80, 00002 20 candidate');
    // and only that
    expect(world.known()).toEqual(before);
    expect(world.reconcile()).toMatchObject({ traffic: undefined, events: [] });
  });

  it('has the step written that was decided before, and none after it', () => {
    const world = waiting();
    world.command = 'promote';
    // the controller dies before it writes traffic
    world.reconcile(1);
    expect([world.known()?.weight, world.written.at(-1)]).toEqual([60, '00001 80, 00002 20 candidate']);
    world.problems = problems;
    world.command = undefined;
    world.goWell(2 * 3600);
    expect(world.written.at(-1)).toBe('00001 40, 00002 60 candidate');
  });

  it.each<[what: string, breaks: (world: World) => void, reason: string, message: string]>([
    ['is gone', (world) => world.revisions.delete(SECOND), 'RevisionGone', 'it was deleted'],
    [
      'is broken',
      (world) => world.change(SECOND, { readiness: 'False', message: 'exit 1' }),
      'NotReady',
      'it is not Ready any more: exit 1',
    ],
  ])('is taken back where the candidate %s, with a person who does so by hand', (_, breaks, reason, message) => {
    const world = waiting();
    world.problems = problems;
    breaks(world);
    world.edit([{ revision: FIRST, percent: 100, tag: undefined }]);
    world.owner = { kind: 'person', manager: 'kubectl-edit' };
    const { events, conditions, traffic } = world.reconcile();
    expect([events.map((each) => each.reason), traffic?.told]).toEqual([[reason], undefined]);
    expect(conditions[0]?.message).toMatch(new RegExp(`^nothing moves until .*; ${SECOND} has failed: ${message}$`));
    expect(world.known()).toMatchObject({ phase: 'Failed', weight: 0, claims: [{ revision: FIRST, minScale: 4 }] });
    expect(world.written.at(-1)).toBe('00001 100');
    expect(world.reconcile()).toMatchObject({ traffic: undefined, events: [] });
  });

  it('is not taken back where the candidate was never in traffic', () => {
    const world = atRest(manual);
    world.change(world.create(), { readiness: 'False', message: 'exit 1' });
    world.reconcile();
    world.problems = problems;
    expect(world.reconcile()).toMatchObject({ events: [], status: { phase: 'Starting' } });
  });

  it('ends an undo where what it goes back to is broken', () => {
    const world = undoing();
    world.problems = problems;
    world.change(FIRST, { readiness: 'False', message: 'exit 1' });
    expect(world.reconcile().events.map(({ reason }) => reason)).toEqual(['UndoEnded']);
    expect(world.known()).toMatchObject({ phase: 'Healthy', stable: SECOND });
    expect(world.written.at(-1)).toBe('00002 100');
  });

  it('says that abort is heard, where there is anything to end', () => {
    const world = waiting();
    world.problems = problems;
    const said = (): string => world.decide().conditions[0]?.message ?? '';
    expect(said()).toMatch(/; abort is heard all the same$/);
    world.owner = { kind: 'git', manager: 'argocd-controller' };
    expect(said()).not.toMatch(/abort/);
    world.owner = { kind: 'ours' };
    world.command = 'abort';
    world.reconcile();
    expect(said()).not.toMatch(/abort is heard/);
  });

  it('stands still while somebody keeps writing traffic, and the time of the step begins anew', () => {
    const world = waiting();
    world.problems = problems;
    world.edit([{ revision: SECOND, percent: 100, tag: undefined }]);
    world.owner = { kind: 'person', manager: 'a-script' };
    const until = new Date(world.now + 20_000);
    world.rival = { who: 'a-script', times: 4, until };
    const { traffic, next, conditions } = world.reconcile();
    expect([traffic, next, conditions[1]?.reason]).toEqual([undefined, until, 'Rival']);
    expect(world.known()?.routedSince).toBeUndefined();
    world.wait(20);
    world.reconcile();
    world.route();
    world.reconcile();
    expect(world.written.at(-1)).toBe('00001 80, 00002 20 candidate');
    expect(Date.parse(world.known()?.routedSince ?? '')).toBe(world.now);
  });

  it.each<[what: string, parts: Partial<World>, is: string]>([
    ['there is no Service', { isThere: false }, 'False Service: there is no such Service of Knative'],
    ['it is another Service', { uid: 'uid-2' }, 'False NotPinned: nothing is pinned yet'],
  ])('protects nothing where %s', (_, parts, is) => {
    const world = waiting();
    world.problems = problems;
    Object.assign(world, parts);
    const { traffic, conditions } = world.decide();
    expect([traffic, `${conditions[1]?.status} ${conditions[1]?.reason}: ${conditions[1]?.message}`]).toEqual([
      undefined,
      is,
    ]);
  });

  it('puts nothing back where nothing can be looked at, and says so', () => {
    const world = waiting();
    const [, protectedIs] = decideUnreadable(problems, world.known(), undefined, new Date(world.now)).conditions;
    expect(protectedIs).toMatchObject({
      status: 'True',
      message:
        'spec.traffic stays as it was decided: api-service-00001 80 %, api-service-00002 20 %; what somebody else writes there is not put back meanwhile',
    });
  });

  it.each([`abort ${SECOND}`, 'abort'])(
    'is ended by %p, also where the controller dies before it writes traffic',
    (said) => {
      const world = waiting();
      world.problems = problems;
      world.command = said;
      expect(world.reconcile(1).events.map(({ reason }) => reason)).toEqual(['Command', 'Aborted']);
      expect(world.known()).toMatchObject({ phase: 'Failed', weight: 0, command: said, routedSince: undefined });
      expect(world.known()?.claims).toEqual([{ revision: FIRST, minScale: 4 }]);
      world.reconcile();
      expect(world.written.at(-1)).toBe('00001 100');
      world.route();
      const written = world.written.length;
      world.reconcile();
      expect([world.reconcile().events, world.written.length]).toEqual([[], written]);
      // once it is mended, nothing of it is left
      world.problems = [];
      world.goWell(180);
      expect([world.known()?.phase, world.claims, world.written.length]).toEqual(['Failed', [], written]);
    },
  );

  it.each(['promote', 'undo', `abort ${FIRST}`, 'pause'])('hears %p only once it can be read', (said) => {
    const world = waiting();
    world.problems = problems;
    world.command = said;
    const { status, traffic, events } = world.reconcile();
    expect([status, traffic, events]).toEqual([world.known(), undefined, []]);
    expect(world.known()?.command).toBeUndefined();
    world.problems = [];
    world.reconcile();
    expect(world.known()?.command).toBe(said);
  });

  it('and is ended while somebody keeps writing traffic, is put back when that is left alone no more', () => {
    const world = waiting();
    world.problems = problems;
    world.edit([{ revision: SECOND, percent: 100, tag: undefined }]);
    world.owner = { kind: 'person', manager: 'a-script' };
    const until = new Date(world.now + 20_000);
    world.rival = { who: 'a-script', times: 4, until };
    world.route();
    world.command = 'abort';
    expect(world.reconcile()).toMatchObject({ traffic: undefined, next: until, status: { phase: 'Failed' } });
    const { next, conditions } = world.reconcile();
    expect([next, conditions[1]]).toEqual([until, expect.objectContaining({ status: 'False', reason: 'Rival' })]);
    world.wait(20);
    expect(world.reconcile().next).toBeUndefined();
    expect(world.written.at(-1)).toBe('00001 100');
    world.route();
    // then its pods may go
    expect(world.reconcile()).toMatchObject({ traffic: undefined, next: new Date(world.now + 60_000) });
    world.wait(60);
    expect(world.reconcile().next).toBeUndefined();
  });

  it('has the time of the step begin anew once Git leaves spec.traffic out', () => {
    const world = waiting();
    world.problems = problems;
    world.edit([LATEST]);
    world.owner = { kind: 'git', manager: 'argocd-controller' };
    world.reconcile();
    expect(world.known()?.routedSince).toBeUndefined();
  });

  it('is not ended under Git, nor by a cache that is late', () => {
    const world = waiting();
    world.problems = problems;
    world.command = 'abort';
    world.owner = { kind: 'git', manager: 'argocd-controller' };
    expect(world.decide()).toMatchObject({ traffic: undefined, status: { phase: 'Progressing' } });
    expect(world.decide().conditions[1]).toMatchObject({ type: 'Protected', status: 'False', reason: 'Git' });
    world.owner = { kind: 'ours' };
    world.generation = 1;
    expect(world.decide()).toMatchObject({ traffic: undefined, status: { phase: 'Progressing' } });
  });
});
