/** Time as it is passed in: tests bring a clock that they move by hand. */

export interface Clock {
  now(): Date;
  /** Calls back once after the milliseconds; the result calls it off. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
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
