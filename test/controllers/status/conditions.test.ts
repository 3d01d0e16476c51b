import { describe, expect, it } from '@jest/globals';
import { Conditions } from '../../../controllers/status/conditions.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const NOW = new Date('2026-05-04T08:00:00Z');
const BEFORE = '2026-05-04T07:00:00Z';

function conditionsOf(conditions: readonly JsonObject[] = [], isOfNow = true): Conditions {
  return new Conditions(['A', 'B'], { status: { conditions } }, isOfNow);
}

function aCondition(type: string, status: string, more: JsonObject = {}): JsonObject {
  return { type, status, lastTransitionTime: BEFORE, ...more };
}

/** `Ready=False Broken`. */
function ready(conditions: Conditions): string {
  const found = conditions.get('Ready');
  return `${found?.status} ${found?.reason}`.trim();
}

describe('conditions', () => {
  it('are all there from the beginning', () => {
    expect(conditionsOf().toJson(NOW)).toEqual(
      ['A', 'B', 'Ready'].map((type) => ({ type, status: 'Unknown', lastTransitionTime: '2026-05-04T08:00:00Z' })),
    );
  });

  it('that come later are True where Ready was', () => {
    expect(conditionsOf([aCondition('Ready', 'True')]).get('B')?.status).toBe('True');
  });

  it('are ready when all that Ready follows from are', () => {
    const conditions = conditionsOf();
    conditions.markTrue('A');
    expect(ready(conditions)).toBe('Unknown');
    conditions.markTrue('B');
    expect(ready(conditions)).toBe('True');
  });

  it('fail with the one that failed last', () => {
    const conditions = conditionsOf([aCondition('A', 'False', { reason: 'Old' })]);
    conditions.markFalse('B', 'New', 'it broke');
    conditions.markTrue('C');
    expect(ready(conditions)).toBe('False New');
    conditions.markTrue('B');
    expect(ready(conditions)).toBe('False Old');
  });

  it('stay failed while one is and another becomes unknown', () => {
    const conditions = conditionsOf();
    conditions.markFalse('A', 'Broken', '');
    conditions.markUnknown('B', 'Waiting', '');
    expect(ready(conditions)).toBe('False Broken');
  });

  it('are Unknown for a spec that nobody looked at yet', () => {
    const all = ['A', 'B', 'Ready'].map((type) => aCondition(type, 'True'));
    expect(ready(conditionsOf(all, false))).toBe('Unknown NewObservedGenFailure');
  });

  it('keep their time until something else changes', () => {
    const conditions = conditionsOf([aCondition('A', 'True'), aCondition('B', 'True'), aCondition('Ready', 'True')]);
    conditions.markFalse('A', 'Broken', '');
    conditions.markTrue('A');
    expect(conditions.toJson(NOW).map(({ lastTransitionTime }) => lastTransitionTime)).toEqual([
      BEFORE,
      BEFORE,
      BEFORE,
    ]);
    conditions.markTrue('A', 'Because', '');
    expect(conditions.toJson(NOW).map(({ lastTransitionTime }) => lastTransitionTime)).toEqual([
      '2026-05-04T08:00:00Z',
      BEFORE,
      BEFORE,
    ]);
  });

  it('that Ready does not follow from are information', () => {
    const conditions = conditionsOf();
    conditions.markFalse('C', 'Idle', '');
    expect(conditions.toJson(NOW)).toContainEqual(expect.objectContaining({ type: 'C', severity: 'Info' }));
    expect(ready(conditions)).toBe('Unknown');
  });

  it.each([[[{ type: 7 }]], [['text', null, {}]], ['none']])('of any shape are read without harm: %j', (conditions) => {
    const object = JSON.stringify({ status: { conditions } });
    expect(new Conditions([], JSON.parse(object), true).toJson(NOW)).toHaveLength(1);
  });
});
