import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import { timeText } from '../../src/kubernetes/time.ts';

describe('what every object has', () => {
  it.each<[JsonObject, string]>([
    [{ metadata: { name: 'web' } }, 'web'],
    [{ metadata: { generateName: 'web-' } }, ''],
    [{ metadata: { name: 7 } }, ''],
    [{ metadata: [] }, ''],
    [{}, ''],
  ])('the name of %j is %j', (object, name) => {
    expect(nameOf(object)).toBe(name);
  });

  it('moments are in whole seconds, cut and not rounded', () => {
    expect(timeText(new Date('2026-01-31T12:00:00.999Z'))).toBe('2026-01-31T12:00:00Z');
  });
});
