/** How long to wait before the next try: full jitter, so that many clients of a server that comes back do not come at once. */

export interface Backoff {
  /** Milliseconds to wait now; each further failure doubles the bound, up to the most. */
  next(): number;
  /** It worked: the next failure is the first again. */
  reset(): void;
}

export interface BackoffOptions {
  readonly firstMs: number;
  readonly mostMs: number;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
}

export function backoff({ firstMs, mostMs, random }: BackoffOptions): Backoff {
  let bound = firstMs;
  return {
    next() {
      // half of the first bound at least: a failure that comes at once must not be tried again at once
      const wait = Math.max(firstMs / 2, random() * bound);
      bound = Math.min(mostMs, bound * 2);
      return wait;
    },
    reset() {
      bound = firstMs;
    },
  };
}
