import { describe, expect, it } from '@jest/globals';
import { canonicalTime } from '../../../src/knative/eventing/canonicalTime.ts';

describe('canonicalTime', () => {
  it.each([
    ['2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z'],
    ['2018-04-26T14:48:09+02:00', '2018-04-26T14:48:09+02:00'],
    ['2026-03-01T08:00:00.500+00:00', '2026-03-01T08:00:00.5Z'],
    ['2026-03-01T08:00:00.000Z', '2026-03-01T08:00:00Z'],
    ['2026-03-01T08:00:00.1234567899Z', '2026-03-01T08:00:00.123456789Z'],
    ['2024-02-29T00:00:00-05:30', '2024-02-29T00:00:00-05:30'],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalTime(text)).toBe(canonical);
  });

  it.each(['', 'yesterday', '2026-03-01', '2026-03-01T08:00:00', '2026-02-30T08:00:00Z', '2026-03-01T24:00:00Z'])(
    '"%s" is none',
    (text) => {
      expect(canonicalTime(text)).toBeUndefined();
    },
  );
});
