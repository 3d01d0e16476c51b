import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/kubernetes/clock.ts';

describe('the clock of the system', () => {
  it.each([2 ** 31, 2 ** 32, Number.POSITIVE_INFINITY])(
    'does not call back at once after %d ms',
    async (milliseconds) => {
      let calls = 0;
      const callOff = systemClock.after(milliseconds, () => calls++);
      // timers end in their order: one of a millisecond would be before this one
      await new Promise((resolve) => setTimeout(resolve, 10));
      callOff();
      expect(calls).toBe(0);
    },
  );

  it('calls back once, and not where it is called off', async () => {
    const called: string[] = [];
    const callOff = systemClock.after(1, () => called.push('off'));
    callOff();
    await new Promise<void>((resolve) => {
      systemClock.after(2, () => {
        called.push('on');
        resolve();
      });
    });
    expect(called).toEqual(['on']);
  });
});
