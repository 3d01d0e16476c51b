import { describe, expect, it } from '@jest/globals';
import { readTraffic, type TrafficProblem } from '../../src/simulate/traffic.ts';

function rates(text: string): number[] {
  const { traffic } = readTraffic(text) as { traffic: { rates: Float64Array } };
  return [...traffic.rates];
}

function problems(text: string): readonly TrafficProblem[] {
  return readTraffic(text).problems ?? [];
}

describe('a recorded traffic', () => {
  it.each([
    ['0,1\n2,5\n4,0', [1, 1, 5, 5, 0, 0]],
    ['time,rps\n0,1\n1,2\n', [1, 2]],
    ['\uFEFF# by hand\r\n10;1\r\n12;3\r\n', [1, 1, 3, 3]],
    ['0\t1.5\n1\t2e1', [1.5, 20]],
  ])('%j holds each rate until the next line', (text, expected) => {
    expect(rates(text)).toEqual(expected);
  });

  it('may name moments, or seconds since 1970', () => {
    const named = readTraffic('2026-11-22T08:00:00Z,3\n2026-11-22T08:00:02Z,4\n');
    const counted = readTraffic('1795334400,3\n1795334402,4\n');
    expect(named).toEqual(counted);
    expect(named).toMatchObject({ traffic: { begin: Date.UTC(2026, 10, 22, 8) } });
  });

  it('of one line lasts a minute', () => {
    expect(rates('0,7')).toHaveLength(60);
  });

  it.each([
    ['0,1\n1,x', [{ line: 2, message: '"x" is no number of requests a second, such as 12.5' }]],
    ['0,1\n1,-4', [{ line: 2, message: '"-4" is no number of requests a second, such as 12.5' }]],
    ['0,1\n1,Infinity', [{ line: 2, message: '"Infinity" is no number of requests a second, such as 12.5' }]],
    [
      '0,1\nnow,2',
      [{ line: 2, message: '"now" is no time: a moment such as 2026-11-22T08:00:00Z, or seconds from the begin' }],
    ],
    [
      '1763800000000,1',
      [{ line: 1, message: '1763800000000 is no time in seconds: milliseconds are divided by 1000' }],
    ],
    ['99999999999999999999,1', [{ line: 1, message: expect.stringContaining('is no time in seconds') }]],
    [
      '2026-11-22T08:00:00,2',
      [
        {
          line: 1,
          message: '"2026-11-22T08:00:00" is no time: a moment such as 2026-11-22T08:00:00Z, or seconds from the begin',
        },
      ],
    ],
    ['5,1\n5,2', [{ line: 2, message: '5 is no later than the line before: times must rise' }]],
    [
      '0,1\n2026-11-22T08:00:00Z,2',
      [{ line: 2, message: '2026-11-22T08:00:00Z is a moment, and the lines above say seconds: use one of them' }],
    ],
    [
      '0,1,2',
      [{ line: 1, message: 'it has more than two columns: a time and the requests a second are what is needed' }],
    ],
    ['', [{ line: 1, message: 'it has no line with a time and the requests a second' }]],
    ['0,1\n9999999,2', [{ line: 2, message: 'it covers 232 days, and 31 are the most: leave some out' }]],
  ])('%j says what is wrong, and where', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('tells ten problems at most', () => {
    expect(problems('x1,y\n'.repeat(1000))).toHaveLength(10);
  });
});
