/** A candidate that was Ready, and of which Knative does not say any more whether it is. */
import { describe, expect, it } from '@jest/globals';
import { readRollout } from '../../src/rollout/read.ts';
import { decideUnreadable } from '../../src/rollout/unreadable.ts';
import { aDocument, aRollout } from './builders.ts';
import { undoing, waiting } from './waiting.ts';
import { atRest, FIRST, SECOND, type World } from './world.ts';

const UNKNOWN = { readiness: 'Unknown', message: 'Deploying' } as const;
const DEADLINE = 600;

/** It is at 20 %, and was Ready until now. */
function lost(): World {
  const world = waiting();
  world.change(SECOND, UNKNOWN);
  world.reconcile();
  return world;
}

describe('a candidate that is not known to be Ready any more', () => {
  it('has failed after the progress deadline, however often a new controller looks', () => {
    const world = lost();
    expect(world.known()?.candidate?.unknownSince).toBe(new Date(world.now).toISOString().replace('.000', ''));
    const end = world.now + DEADLINE * 1000;
    expect(world.decide().next).toEqual(new Date(end));
    expect(world.decide().conditions[0]?.message).toMatch(
      /^api-service-00002 has 20 %: .*\(Deploying\).*it is waited for until 2026-/,
    );
    // another reason is not another beginning
    world.wait(DEADLINE - 10);
    world.change(SECOND, { message: 'Resolving digests' });
    world.reconcile();
    expect(world.known()?.phase).toBe('Progressing');
    world.wait(10);
    const { conditions, events } = world.reconcile();
    expect(events.map(({ reason }) => reason)).toEqual(['NotReady']);
    expect(conditions[0]).toMatchObject({ type: 'Ready', status: 'False', reason: 'NotReady' });
    expect(conditions[0]?.message).toMatch(
      /Knative has not said since .*Z whether it is Ready \(Resolving digests\): .*retry/,
    );
    expect(world.written.at(-1)).toBe('00001 100');
  });

  it('goes on where it is Ready again in time, and then has as long as before', () => {
    const world = lost();
    world.wait(DEADLINE - 10);
    world.ready(SECOND);
    world.reconcile();
    expect(world.known()?.candidate?.unknownSince).toBeUndefined();
    world.change(SECOND, UNKNOWN);
    world.reconcile();
    world.wait(DEADLINE - 10);
    world.reconcile();
    expect(world.known()?.phase).toBe('Progressing');
  });

  it('waits on where stable is gone, since there is nothing to go back to', () => {
    const world = lost();
    world.revisions.delete(FIRST);
    world.wait(2 * DEADLINE);
    world.reconcile();
    expect([world.known()?.phase, world.decide().waiting?.for]).toEqual(['Progressing', 'Stable']);
  });

  it('has failed also while a person has paused it, and before it has a share', () => {
    const world = atRest(aRollout({ paused: true }));
    world.ready(world.create(), 4);
    world.goWell(30);
    expect(world.known()?.phase).toBe('Checking');
    world.change(SECOND, UNKNOWN);
    world.reconcile();
    world.wait(DEADLINE);
    world.reconcile();
    expect(world.known()?.phase).toBe('Failed');
  });

  it('is waited for from the beginning where the clock was set back, and no longer', () => {
    const world = lost();
    world.wait(300);
    world.reconcile();
    world.wait(-3600);
    world.reconcile();
    world.wait(DEADLINE - 1);
    world.reconcile();
    expect(world.known()?.phase).toBe('Progressing');
    world.wait(1);
    world.reconcile();
    expect(world.known()?.phase).toBe('Failed');
  });
});

describe('where nobody counts on', () => {
  const { problems = [] } = readRollout(aDocument({ strategy: {} }));

  it.each<[where: string, begins: (world: World) => void, ends: (world: World) => void]>([
    [
      'Git has spec.traffic',
      (world) => Object.assign(world, { owner: { kind: 'git', manager: 'argocd-controller' } }),
      (world) => Object.assign(world, { owner: { kind: 'ours' } }),
    ],
    [
      'the spec cannot be read',
      (world) => Object.assign(world, { problems }),
      (world) => Object.assign(world, { problems: [] }),
    ],
    [
      'Git has spec.traffic, and the spec cannot be read',
      (world) => Object.assign(world, { problems, owner: { kind: 'git', manager: 'argocd-controller' } }),
      (world) => Object.assign(world, { problems: [], owner: { kind: 'ours' } }),
    ],
  ])('because %s, a time in which it was Ready is seen', (_, begins, ends) => {
    const world = lost();
    begins(world);
    world.ready(SECOND);
    world.reconcile();
    world.wait(3600);
    world.change(SECOND, UNKNOWN);
    world.reconcile();
    world.wait(1);
    ends(world);
    world.reconcile();
    expect(world.known()?.phase).toBe('Progressing');
    // what it was not known for counts
    world.wait(DEADLINE - 1);
    world.reconcile();
    expect(world.known()?.phase).toBe('Failed');
  });

  it('because nothing can be looked at, it begins anew', () => {
    const world = lost();
    const { status } = decideUnreadable(problems, world.known(), undefined, new Date(world.now));
    expect(status).toMatchObject({ phase: 'Progressing', candidate: { revision: SECOND, unknownSince: undefined } });
  });
});

describe('on the way back', () => {
  it('by Git it has failed', () => {
    const world = atRest(aRollout());
    const { fingerprint = '' } = world.revisions.get(FIRST) ?? {};
    world.ready(world.create({ fingerprint }), 0);
    world.reconcile();
    world.wait(60);
    world.change(SECOND, UNKNOWN);
    world.reconcile();
    world.route();
    world.reconcile();
    expect(world.decide()).toMatchObject({ status: { phase: 'Returning' }, waiting: { for: 'Revision' } });
    const end = world.now + DEADLINE * 1000;
    // the deadline of its pods is no end of this
    world.wait(DEADLINE - 60);
    world.reconcile();
    expect(world.decide()).toMatchObject({ status: { phase: 'Returning' }, next: new Date(end) });
    world.wait(60);
    world.reconcile();
    expect(world.known()?.failed.at(-1)).toMatchObject({ revision: SECOND, reason: 'NotReady' });
  });

  /** A person goes back to the first, of which it is not known any more whether it is Ready. */
  function undone(): World {
    const world = undoing();
    world.route();
    world.change(FIRST, UNKNOWN);
    world.scale();
    world.reconcile();
    expect(world.known()?.phase).toBe('Returning');
    return world;
  }

  it('by undo what serves stays', () => {
    const world = undone();
    world.wait(DEADLINE);
    const { events } = world.reconcile();
    expect(events.map(({ reason }) => reason)).toEqual(['UndoEnded']);
    expect(events[0]?.message).toMatch(/; once it is Ready, undo goes back to it$/);
    expect(world.known()).toMatchObject({ phase: 'Healthy', stable: SECOND });
    expect(world.written.at(-1)).toBe('00002 100');
    // which it does
    world.ready(FIRST, 4);
    world.command = `undo ${FIRST} again`;
    world.goWell(30);
    expect(world.written.at(-1)).toBe('00001 100');
  });

  it('by undo it is waited for without an end where what serves was deleted, and that is said', () => {
    const world = undone();
    world.revisions.delete(SECOND);
    for (const seconds of [0, 2 * DEADLINE]) {
      world.wait(seconds);
      const { waiting: is, conditions, status } = world.reconcile();
      expect([is?.for, status.phase]).toEqual(['Stable', 'Returning']);
      expect(is?.message).toBe(`${SECOND} is gone, and ${FIRST} gets all of the traffic once it is Ready`);
      expect(conditions[0]).toMatchObject({ type: 'Ready', status: 'False', reason: 'StableGone' });
    }
    world.ready(FIRST, 4);
    world.reconcile();
    expect(world.written.at(-1)).toBe('00001 100');
  });

  it('by undo it has everything at once where what serves is deleted: the Route takes nothing that names that', () => {
    const world = undoing();
    world.revisions.delete(SECOND);
    world.reconcile();
    expect(world.written.at(-1)).toBe('00001 100');
  });
});
