/** A preview, the switch, and the way back. */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { aRollout } from './builders.ts';
import { atRest, FIRST, SECOND, THIRD, type World } from './world.ts';

const blueGreen = (parts: JsonObject = {}) =>
  aRollout({ strategy: { blueGreen: { autoPromoteAfter: '10m', keepOld: '1h', ...parts } } });

/** The preview stands, routed. */
function withPreview(parts: JsonObject = {}): World {
  const world = atRest(blueGreen(parts));
  world.ready(world.create(), 0);
  world.reconcile();
  world.route();
  world.reconcile();
  return world;
}

function switched(): World {
  const world = withPreview();
  world.wait(600);
  world.reconcile();
  world.scale();
  world.reconcile();
  world.route();
  world.reconcile();
  return world;
}

describe('blueGreen', () => {
  it('shows a preview under its tag, and switches at once with all of its pods', () => {
    const world = withPreview();
    expect(world.written.at(-1)).toBe('00001 100, 00002 0 preview');
    world.wait(599);
    world.reconcile();
    expect(world.claims).toEqual([{ revision: FIRST, minScale: 4 }]);
    world.wait(1);
    world.reconcile();
    expect(world.claims).toContainEqual({ revision: SECOND, minScale: 4 });
    world.scale();
    world.reconcile();
    expect(world.written.at(-1)).toBe('00002 100, 00001 0 previous');
  });

  it('keeps the old one with its pods for as long as is asked, and no longer', () => {
    const world = switched();
    world.wait(3599);
    world.reconcile();
    expect([world.claims, world.kept]).toEqual([[{ revision: FIRST, minScale: 4 }], [FIRST, SECOND]]);
    world.wait(1);
    world.reconcile();
    expect([world.written.at(-1), world.claims, world.kept]).toEqual(['00002 100', [], [FIRST, SECOND]]);
  });

  it('goes back in one write while the old one is kept', () => {
    const world = switched();
    const before = world.written.length;
    world.command = 'undo';
    world.reconcile();
    expect(world.written.slice(before)).toEqual(['00001 100']);
    expect(world.known()?.failed[0]).toMatchObject({ revision: SECOND, reason: 'Undone' });
    world.goWell(300);
    expect([world.written.length, world.known()?.phase]).toEqual([before + 1, 'Failed']);
  });

  it('warms the old one again where it was let go', () => {
    const world = switched();
    world.wait(3600);
    world.reconcile();
    world.route();
    world.change(FIRST, { pods: 0 });
    world.reconcile();
    world.command = `undo ${FIRST}`;
    world.reconcile();
    expect(world.written.at(-1)).toBe('00002 100, 00001 0 previous');
    world.route();
    world.reconcile();
    expect(world.claims).toContainEqual({ revision: FIRST, minScale: 4 });
    world.scale();
    world.reconcile();
    expect(world.written.at(-1)).toBe('00001 100');
  });

  it('stays where it is if what it goes back to breaks on the way', () => {
    const world = switched();
    world.wait(3600);
    world.reconcile();
    world.change(FIRST, { pods: 0 });
    world.command = 'undo';
    world.reconcile();
    world.change(FIRST, { readiness: 'False', message: 'no image' });
    world.reconcile();
    expect(world.events.at(-1)).toBe('UndoEnded');
    expect(world.known()).toMatchObject({ phase: 'Healthy', stable: SECOND, failed: [] });
    expect(world.written.at(-1)).toBe('00002 100');
  });

  it('lets what was kept go when a newer Revision comes', () => {
    const world = switched();
    world.create();
    world.reconcile();
    expect(world.written.at(-1)).toBe('00002 100');
    world.ready(THIRD, 1);
    world.reconcile();
    expect(world.written.at(-1)).toBe('00002 100, 00003 0 preview');
  });

  it('waits for a person where nothing says how long the preview stands', () => {
    const world = atRest(aRollout({ strategy: { blueGreen: {} } }));
    world.ready(world.create(), 4);
    world.goWell(7200);
    const { waiting, conditions } = world.decide();
    expect(waiting?.for).toBe('Person');
    expect(conditions.find(({ type }) => type === 'Suspended')).toMatchObject({
      status: 'True',
      reason: 'WaitingForPerson',
    });
    world.command = `promote ${SECOND}`;
    world.goWell(20);
    expect(world.written.at(-1)).toBe('00002 100');
  });

  it.each([
    ['passed', 'Healthy', SECOND],
    ['failed', 'Failed', FIRST],
    ['running', 'Checking', FIRST],
  ] as const)('with a smoke test that has %s is %s', (outcome, phase, stable) => {
    const world = withPreview({ smokeTest: { http: { path: '/healthz' } } });
    expect(world.decide().smokeTest).toMatchObject({
      revision: SECOND,
      tag: 'preview',
      test: { path: '/healthz', status: 200 },
    });
    world.smokeTest = { revision: SECOND, outcome, message: `the smoke test has ${outcome}` };
    world.goWell(700);
    expect(world.known()).toMatchObject({ phase, stable });
  });

  it('does not take the smoke test of another Revision for its own', () => {
    const world = withPreview({ smokeTest: { job: { fromCronJob: 'smoke' } } });
    world.smokeTest = { revision: FIRST, outcome: 'passed', message: '' };
    world.goWell(700);
    expect(world.decide().waiting?.for).toBe('SmokeTest');
  });
});
