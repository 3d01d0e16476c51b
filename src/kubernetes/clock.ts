/** Time as it is passed in: tests bring a clock that they move by hand. */

export interface Clock {
  now(): Date;
  /**
   * Calls back once after the milliseconds, or after 24 days where those are more, so that who waits longer looks again;
   * the result calls it off.
   */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Node takes what does not fit into 31 bits for one millisecond. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => new Date(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(milliseconds, LONGEST_TIMER));
    return () => clearTimeout(timer);
  },
};

/** Waits, unless the signal ends the wait before; then, too, it returns, and no timer stays. */
export function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      callOff();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const callOff = clock.after(milliseconds, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}
