import { describe, expect, it } from '@jest/globals';
import { parsePeriod } from '../../src/knative/period.ts';

describe('parsePeriod', () => {
  it.each<{ text: string; seconds: number }>`
    text         | seconds
    ${'PT5S'}    | ${5}
    ${'PT0.5S'}  | ${0.5}
    ${'PT0,5S'}  | ${0.5}
    ${'PT1M30S'} | ${90}
    ${'P1DT12H'} | ${129_600}
    ${'P1W'}     | ${604_800}
    ${'-PT5S'}   | ${-5}
    ${'PT0S'}    | ${0}
    ${'P1Y'}     | ${31_556_952}
    ${'PT0.25S'} | ${0.2}
    ${'PT0.05S'} | ${0}
    ${'PT5000H'} | ${18_000_000}
  `('of $text is $seconds s', ({ text, seconds }) => {
    expect(parsePeriod(text)).toMatchObject({ ok: true, seconds, isZero: seconds === 0, isNegative: seconds < 0 });
  });

  it.each([[''], ['P'], ['PT'], ['-'], ['5s'], ['30m'], ['pt5s'], ['PT5'], ['PT5M3H'], ['P5S'], ['PT5S '], ['PTxS']])(
    'refuses %p',
    (text) => {
      expect(parsePeriod(text)).toEqual({
        ok: false,
        reason: `${JSON.stringify(text)} is no ISO 8601 duration such as PT5S, PT0.5S or P1DT12H`,
      });
    },
  );

  it('says when it drops decimals, as Eventing does', () => {
    expect(parsePeriod('PT0.25S')).toMatchObject({ isTruncated: true });
    expect(parsePeriod('PT0.20S')).toMatchObject({ isTruncated: false });
  });
});
