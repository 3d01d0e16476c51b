/** The stable Revision is deleted, by hand or by a collection: nothing is written that names it, since no Route takes that. */
import { describe, expect, it } from '@jest/globals';
import { readRollout } from '../../src/rollout/read.ts';
import { ANALYSIS, aDocument, aRollout } from './builders.ts';
import { undoing, waiting } from './waiting.ts';
import { atRest, FIRST, LATEST, SECOND, THIRD, trafficText, type World } from './world.ts';

/** The second Revision has 20 %, and the first is gone. */
function orphaned(): World {
  const world = waiting();
  world.revisions.delete(FIRST);
  world.reconcile();
  return world;
}

/** What is written from now on. */
function writesOf(world: World, happens: () => void): readonly string[] {
  const before = world.written.length;
  happens();
  return world.written.slice(before);
}

const IS_GONE =
  'api-service-00001 is gone, and spec.traffic stays as it is: give another Revision all of it there, or deploy a newer one, which gets it once it is Ready';

describe('a candidate that fails while stable is gone', () => {
  it.each<[how: string, fails: (world: World) => void, reason: string]>([
    ['breaks', (world) => world.change(SECOND, { readiness: 'False', message: 'it crashes' }), 'NotReady'],
    ['is deleted', (world) => void world.revisions.delete(SECOND), 'RevisionGone'],
    ['is ended by a person', (world) => Object.assign(world, { command: `abort ${SECOND}` }), 'Aborted'],
  ])('and %s keeps what it has, and that is said', (_, fails, reason) => {
    const world = orphaned();
    const written = writesOf(world, () => {
      fails(world);
      const { events, conditions } = world.reconcile();
      const failed = events.find((each) => each.reason === reason);
      expect(failed?.message).toMatch(
        /^api-service-00002 has failed: .*; spec\.traffic stays as it is, since api-service-00001 is gone$/,
      );
      expect(conditions[0]).toMatchObject({ type: 'Ready', status: 'False', reason: 'StableGone' });
      expect(conditions[0]?.message.startsWith(`${IS_GONE}; api-service-00002 has failed: `)).toBe(true);
      expect(conditions.find(({ type }) => type === 'Suspended')).toMatchObject({ status: 'True' });
      world.goWell(600);
    });
    expect(written).toEqual([]);
    expect(trafficText(world.traffic)).toBe('00001 80, 00002 20 candidate');
    expect(world.known()).toMatchObject({ phase: 'Failed', failed: [{ revision: SECOND, reason }] });
  });

  it('keeps what it has where the spec cannot be read', () => {
    const world = orphaned();
    world.problems = readRollout(aDocument({ strategy: {} })).problems ?? [];
    world.change(SECOND, { readiness: 'False', message: 'it crashes' });
    const written = writesOf(world, () => {
      const { conditions } = world.reconcile();
      expect(conditions[0]?.message).toContain(`; ${FIRST} is gone, and spec.traffic stays as it is`);
    });
    expect(written).toEqual([]);
    expect(world.known()?.phase).toBe('Failed');
  });

  function failed(): World {
    const world = orphaned();
    world.change(SECOND, { readiness: 'False', message: 'it crashes' });
    world.reconcile();
    return world;
  }

  it('is followed by a newer one, which goes live at once, as the first one ever did', () => {
    const world = failed();
    const written = writesOf(world, () => {
      world.create();
      const { waiting: is } = world.reconcile();
      expect(is).toEqual({
        for: 'Stable',
        message: `${FIRST} is gone, and ${THIRD} gets all of the traffic once it is Ready`,
      });
      world.ready(THIRD, 1);
      const { events, conditions } = world.reconcile();
      expect(events.map(({ reason }) => reason)).toEqual(['StableGone', 'Promoted']);
      expect(conditions.find(({ type }) => type === 'Protected')?.status).toBe('True');
    });
    expect(written).toEqual(['00003 100']);
    world.goWell(120);
    expect(world.decide().conditions[0]).toMatchObject({ status: 'True', reason: 'Healthy' });
    // from then on, step by step again
    world.ready(world.create(), 4);
    world.goWell(30);
    expect(world.written.at(-1)).toBe('00003 80, 00004 20 candidate');
  });

  it('is followed by a newer one that waits for a person where somebody has paused the rollout', () => {
    const world = failed();
    world.command = 'pause';
    world.reconcile();
    const written = writesOf(world, () => {
      world.ready(world.create(), 1);
      world.goWell(600);
      expect(world.decide().waiting).toMatchObject({ for: 'Stable' });
      world.command = `promote-full ${THIRD}`;
      world.reconcile();
    });
    expect(written).toEqual(['00003 100']);
  });

  it('gets all of it where a person tries it again', () => {
    const world = failed();
    const written = writesOf(world, () => {
      world.ready(SECOND, 1);
      world.command = `retry ${SECOND}`;
      world.reconcile();
    });
    expect(written).toEqual(['00002 100']);
    expect(world.known()).toMatchObject({ phase: 'Healthy', stable: SECOND, failed: [] });
  });

  it.each<[who: string, traffic: World['traffic'], owner: World['owner']]>([
    [
      'a person gives it everything',
      [{ revision: SECOND, percent: 100, tag: undefined }],
      { kind: 'person', manager: 'kubectl-edit' },
    ],
    ['somebody lets it follow the latest', [LATEST], { kind: 'nobody' }],
  ])('is stable once %s', (_, traffic, owner) => {
    const world = failed();
    const written = writesOf(world, () => {
      world.ready(SECOND, 1);
      world.edit(traffic);
      world.owner = owner;
      world.reconcile();
    });
    expect(written).toEqual(['00002 100']);
    expect(world.known()).toMatchObject({ phase: 'Healthy', stable: SECOND, failed: [] });
    expect(world.events).not.toContain('TrafficTakenBack');
  });
});

describe('a newer Revision beside a good candidate that answers', () => {
  /** The second Revision has 90 % and is good; the first is gone, and a third comes. */
  function answered(): World {
    const strategy = { canary: { steps: [{ percent: 90, pause: '1h' }] } };
    const world = atRest(aRollout({ strategy, analysis: ANALYSIS }));
    world.ready(world.create(), 4);
    world.goWell(100);
    expect(world.known()).toMatchObject({ phase: 'Progressing', weight: 90, analysis: { verdict: 'Passed' } });
    world.revisions.delete(FIRST);
    world.create();
    world.reconcile();
    return world;
  }

  it('takes no request from it, and waits for a person', () => {
    const world = answered();
    const { message = '' } = world.decide().waiting ?? {};
    expect(message).toMatch(/; once api-service-00003 is Ready, promote-full goes on without it$/);
    const written = writesOf(world, () => {
      world.ready(THIRD, 0);
      world.goWell(3600);
    });
    expect([written, trafficText(world.traffic)]).toEqual([[], '00001 10, 00002 90 candidate']);
    expect(world.known()).toMatchObject({ phase: 'Checking', candidate: { revision: THIRD } });
    expect(world.decide().conditions[0]).toMatchObject({ status: 'False', reason: 'StableGone' });
    world.command = `promote-full ${THIRD}`;
    world.reconcile();
    expect(world.written.at(-1)).toBe('00003 100');
  });

  it.each<[what: string, happens: (world: World) => void]>([
    ['breaks', (world) => world.change(SECOND, { readiness: 'False', message: 'it crashes' })],
    ['is deleted', (world) => void world.revisions.delete(SECOND)],
  ])('goes live at once where that %s', (_, happens) => {
    const world = answered();
    happens(world);
    world.ready(THIRD, 0);
    expect(writesOf(world, () => world.reconcile())).toEqual(['00003 100']);
  });
});

describe('what is known to be good, while stable is gone,', () => {
  /** The second Revision is stable, and the first is remembered. */
  function promoted(): World {
    const world = atRest(aRollout());
    world.ready(world.create(), 4);
    world.goWell(15 * 60);
    expect(world.written.at(-1)).toBe('00002 100');
    return world;
  }

  it('has everything at once by undo', () => {
    const world = promoted();
    world.revisions.delete(SECOND);
    world.change(FIRST, { pods: 0 });
    world.reconcile();
    expect(world.decide().waiting?.message).toBe(
      'api-service-00002 is gone, and spec.traffic stays as it is: let undo go back to api-service-00001, give another Revision all of it there, or deploy a newer one, which gets it once it is Ready',
    );
    world.command = `undo ${FIRST}`;
    expect(writesOf(world, () => world.reconcile())).toEqual(['00001 100']);
    expect(world.known()).toMatchObject({ stable: FIRST, failed: [{ revision: SECOND, reason: 'Undone' }] });
  });

  /** Git went back to what stable runs, and stable is deleted while pods come up for that. */
  function returning(): World {
    const world = atRest(aRollout());
    world.ready(world.create({ fingerprint: 'print-1' }), 0);
    world.reconcile();
    expect(world.known()).toMatchObject({ phase: 'Returning', returning: 'Git' });
    world.revisions.delete(FIRST);
    return world;
  }

  it('has everything at once where it runs what stable ran', () => {
    const world = returning();
    expect(writesOf(world, () => world.reconcile())).toEqual(['00002 100']);
  });

  it('waits all the same where a person has paused it', () => {
    const world = returning();
    world.command = 'pause';
    expect(writesOf(world, () => world.goWell(600))).toEqual([]);
    expect(world.decide().waiting?.message).toBe(
      `${FIRST} is gone, and there is nothing to go back to; promote-full goes on without it`,
    );
    world.command = 'resume';
    expect(writesOf(world, () => world.reconcile())).toEqual(['00002 100']);
  });
});

it("a person's split is not taken back while stable is gone", () => {
  const world = orphaned();
  world.create();
  const written = writesOf(world, () => {
    world.edit([
      { revision: SECOND, percent: 60, tag: undefined },
      { revision: THIRD, percent: 40, tag: undefined },
    ]);
    world.owner = { kind: 'person', manager: 'kubectl-edit' };
    world.goWell(60);
  });
  expect(written).toEqual([]);
});

it('an undo that comes to nothing writes nothing where both are gone', () => {
  const world = undoing();
  world.route();
  world.reconcile();
  world.revisions.delete(SECOND);
  world.revisions.delete(FIRST);
  expect(writesOf(world, () => world.goWell(60))).toEqual([]);
  expect(world.known()).toMatchObject({ phase: 'Healthy', stable: SECOND });
});

it('what is kept for undo leaves spec.traffic once it is gone', () => {
  const blueGreen = { autoPromoteAfter: '1m', keepOld: '1h' };
  const world = atRest(aRollout({ strategy: { blueGreen } }));
  world.ready(world.create(), 4);
  world.goWell(120);
  expect(world.written.at(-1)).toBe('00002 100, 00001 0 previous');
  world.revisions.delete(FIRST);
  world.reconcile();
  expect(world.written.at(-1)).toBe('00002 100');
});
