/** Time and log as they are passed in; src/kubernetes/client has the same shapes for those that have a cluster. */

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
