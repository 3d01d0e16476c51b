import { describe, expect, it } from '@jest/globals';
import { type Condition, withConditions } from '../../src/kubernetes/conditions.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';

const NOW = new Date('2026-05-04T08:00:00.123Z');
const READY: Condition = { type: 'Ready', status: 'True', reason: 'Holds', message: 'it holds' };
const before = { type: 'Ready', status: 'True', reason: 'Held', message: 'it held', observedGeneration: 1 };

function anObject(...conditions: JsonObject[]): JsonObject {
  return { metadata: { generation: 2 }, status: { conditions } };
}

describe('withConditions', () => {
  it.each([
    ['a first one begins now', anObject(), '2026-05-04T08:00:00Z'],
    [
      'the same status goes on',
      anObject({ ...before, lastTransitionTime: '2026-05-01T00:00:00Z' }),
      '2026-05-01T00:00:00Z',
    ],
    [
      'another status begins now',
      anObject({ ...before, status: 'False', lastTransitionTime: '2026-05-01T00:00:00Z' }),
      '2026-05-04T08:00:00Z',
    ],
    ['a time that is missing begins now', anObject(before), '2026-05-04T08:00:00Z'],
    [
      'nonsense is written over',
      { metadata: { generation: 2 }, status: { conditions: 'none' } },
      '2026-05-04T08:00:00Z',
    ],
  ])('%s', (_, object, lastTransitionTime) => {
    expect(withConditions(object, [READY], NOW)).toEqual([{ ...READY, observedGeneration: 2, lastTransitionTime }]);
  });

  it('is the same the second time, so that nothing is written', () => {
    const first = withConditions(anObject(), [READY], NOW);
    expect(withConditions(anObject(...first), [READY], new Date('2026-05-05T00:00:00Z'))).toEqual(first);
  });

  it('leaves those of others alone', () => {
    const other = { type: 'Audited', status: 'True' };
    expect(withConditions(anObject(other), [READY], NOW)[0]).toEqual(other);
  });

  it('keeps sentences to a length that people read', () => {
    const [condition] = withConditions(anObject(), [{ ...READY, message: 'x'.repeat(40_000) }], NOW);
    expect(String(condition?.message)).toHaveLength(1_024);
  });

  it('cuts them never amid a character, which the API server would give back as another', () => {
    const message = `${'a'.repeat(1_022)}${'😀'.repeat(9)}`;
    const [condition] = withConditions(anObject(), [{ ...READY, message }], NOW);
    expect(condition?.message).toBe(`${'a'.repeat(1_022)}…`);
  });
});
