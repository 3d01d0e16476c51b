import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, HOUR, MILLISECOND, MINUTE, parseDuration, SECOND } from '../../src/knative/duration.ts';

describe('parseDuration', () => {
  it.each<{ text: string; nanoseconds: bigint }>`
    text                           | nanoseconds
    ${'0'}                         | ${0n}
    ${'1s'}                        | ${SECOND}
    ${'1m30s'}                     | ${90n * SECOND}
    ${'1.5h'}                      | ${90n * MINUTE}
    ${'.5s'}                       | ${500n * MILLISECOND}
    ${'-1h'}                       | ${-HOUR}
    ${'+1h'}                       | ${HOUR}
    ${'1µs'}                       | ${1000n}
    ${'2562047h47m16.854775807s'}  | ${(1n << 63n) - 1n}
    ${'-2562047h47m16.854775808s'} | ${-(1n << 63n)}
  `('of $text is $nanoseconds', ({ text, nanoseconds }) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: nanoseconds });
  });

  it.each<{ text: string; reason: string }>`
    text          | reason
    ${''}         | ${'time: invalid duration ""'}
    ${'60'}       | ${'time: missing unit in duration "60"'}
    ${'1d'}       | ${'time: unknown unit "d" in duration "1d"'}
    ${'1 s'}      | ${'time: unknown unit " s" in duration "1 s"'}
    ${'PT5S'}     | ${'time: invalid duration "PT5S"'}
    ${'3000000h'} | ${'time: invalid duration "3000000h"'}
    ${'1é'}       | ${'time: unknown unit "\\xc3\\xa9" in duration "1\\xc3\\xa9"'}
  `('refuses $text: $reason', ({ text, reason }) => {
    expect(parseDuration(text)).toEqual({ ok: false, reason });
  });

  it('reads no more than a thousand parts', () => {
    expect(parseDuration('1s'.repeat(1000))).toEqual({ ok: true, value: 1000n * SECOND });
    expect(parseDuration('1s'.repeat(1001)).ok).toBe(false);
  });

  it('knows a number beyond the limit by its length, so that a million digits cost no more than reading them', () => {
    expect(parseDuration(`${'9'.repeat(1_000_000)}s`).ok).toBe(false);
    expect(parseDuration(`${'0'.repeat(1_000_000)}1s`)).toEqual({ ok: true, value: SECOND });
    expect(parseDuration(`0.${'0'.repeat(1_000_000)}s`)).toEqual({ ok: true, value: 0n });
  });
});

describe('formatDuration', () => {
  it.each<{ nanoseconds: bigint; text: string }>`
    nanoseconds           | text
    ${0n}                 | ${'0s'}
    ${1n}                 | ${'1ns'}
    ${1500n}              | ${'1.5µs'}
    ${250n * MILLISECOND} | ${'250ms'}
    ${60n * SECOND}       | ${'1m0s'}
    ${HOUR}               | ${'1h0m0s'}
    ${-90n * SECOND}      | ${'-1m30s'}
    ${SECOND + 1n}        | ${'1.000000001s'}
  `('of $nanoseconds is $text', ({ nanoseconds, text }) => {
    expect(formatDuration(nanoseconds)).toBe(text);
  });

  it('is read back as the same duration', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (nanoseconds) => {
        expect(parseDuration(formatDuration(nanoseconds))).toEqual({ ok: true, value: nanoseconds });
      }),
    );
  });
});
