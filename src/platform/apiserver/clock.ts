/** Time and log as they are passed in; src/kubernetes/client has the same shapes for those that have a cluster. */

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
