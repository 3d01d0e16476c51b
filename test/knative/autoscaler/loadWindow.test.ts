/** Averages of a window as Knative takes them, in the cases that its source names. */
import { describe, expect, it } from '@jest/globals';
import { LoadWindow } from '../../../src/knative/autoscaler/loadWindow.ts';
import { MaximumWindow } from '../../../src/knative/autoscaler/maximumWindow.ts';

const BEGAN = 1_700_000_000_000;

function at(second: number): number {
  return BEGAN + second * 1000 + 137;
}

describe('a plain average', () => {
  it('of a young window is over its own age', () => {
    const window = new LoadWindow(60_000);
    for (let second = 0; second < 6; second++) window.record(at(second), 10);
    expect(window.average(at(5))).toBe(10);
  });

  it('adds what several report for one second', () => {
    const window = new LoadWindow(10_000);
    window.record(at(0), 3);
    window.record(at(0), 4);
    expect(window.average(at(0))).toBe(7);
  });

  it('counts seconds between reports as zero, and does not count those after the last', () => {
    const window = new LoadWindow(10_000);
    window.record(at(0), 10);
    window.record(at(4), 10);
    expect(window.average(at(4))).toBe(4);
    expect(window.average(at(7))).toBe(4);
  });

  it('forgets what is older than the window', () => {
    const window = new LoadWindow(5000);
    window.record(at(0), 100);
    for (let second = 1; second <= 5; second++) window.record(at(second), 1);
    expect(window.average(at(5))).toBe(1);
    window.record(at(0), 999);
    expect(window.average(at(5))).toBe(1);
  });

  it('is nothing after a window of silence', () => {
    const window = new LoadWindow(5000);
    expect(window.isEmpty(at(0))).toBe(true);
    window.record(at(0), 7);
    expect([window.isEmpty(at(5)), window.isEmpty(at(6))]).toEqual([false, true]);
    expect([window.average(at(4)), window.average(at(5))]).toEqual([7, 0]);
  });

  it('keeps what fits of a window that becomes shorter', () => {
    const window = new LoadWindow(10_000);
    for (let second = 0; second < 10; second++) window.record(at(second), second);
    window.resize(4000, at(9));
    expect(window.average(at(9))).toBe((6 + 7 + 8 + 9) / 4);
  });
});

describe('a weighted average', () => {
  it('minds what is new more than what is old', () => {
    const rising = new LoadWindow(10_000, 'weighted-exponential');
    const falling = new LoadWindow(10_000, 'weighted-exponential');
    for (let second = 0; second < 10; second++) {
      rising.record(at(second), second < 5 ? 5 : 10);
      falling.record(at(second), second < 5 ? 10 : 5);
    }
    expect(rising.average(at(9))).toBeGreaterThan(9);
    expect(falling.average(at(9))).toBeLessThan(6);
  });

  it('fades in seconds without a report', () => {
    const window = new LoadWindow(60_000, 'weighted-exponential');
    window.record(at(0), 100);
    expect(window.average(at(0))).toBeCloseTo(20, 9);
    expect(window.average(at(2))).toBeCloseTo(20 * 0.8 * 0.8, 9);
  });
});

describe('the maximum of a delay', () => {
  it('holds a fall back until it is over', () => {
    const maximum = new MaximumWindow(6000);
    const wanted = [9, 3, 3, 3, 4, 1, 1, 1];
    expect(wanted.map((value, index) => maximum.record(BEGAN + index * 2000, value))).toEqual([9, 9, 9, 3, 4, 4, 4, 1]);
  });

  it('takes the larger of two within one tick', () => {
    const maximum = new MaximumWindow(2000);
    expect([maximum.record(BEGAN, 5), maximum.record(BEGAN + 1000, 2), maximum.record(BEGAN + 2000, 1)]).toEqual([
      5, 5, 1,
    ]);
  });
});
