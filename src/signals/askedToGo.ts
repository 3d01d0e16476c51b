/** How what stays up is asked to go: `weir up`, `weir webhook` and `weir controller`. */

/**
 * A terminal sends Ctrl-C to each of its programs, and npm and bin/weir.js hand on what they get: the same wish comes more
 * than once.
 */
const SAME_WISH_MS = 1000;

/** 128 and the signal's number. */
const CODES = { SIGTERM: 143, SIGINT: 130 } as const;

export type Signal = keyof typeof CODES;

export interface AskedToGo {
  /** Resolves at the first SIGTERM or SIGINT. */
  readonly asked: Promise<void>;
  /** Listens no more. */
  forget(): void;
}

/**
 * Listens to SIGTERM and SIGINT. One that comes a second after the first or later ends the process at once, with the code
 * that a shell gives to what a signal ended. Whoever listened to SIGINT before does so no more.
 *
 * @param tellGone what there is to say before the process ends at once
 */
export function askedToGo(tellGone: (signal: Signal) => void): AskedToGo {
  let first: number | undefined;
  const { promise: asked, resolve: leave } = Promise.withResolvers<void>();
  const onSignal = (signal: Signal): void => {
    const now = performance.now();
    first ??= now;
    if (now - first < SAME_WISH_MS) {
      leave();
      return;
    }
    tellGone(signal);
    process.exit(CODES[signal]);
  };
  const others = process.listeners('SIGINT');
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // The command line's frame ends at once on SIGINT: right for a check, and not for what stays up. It goes once there is
  // another: with the last listener a signal goes, too, that has come and that nobody was told of yet.
  for (const listener of others) process.off('SIGINT', listener);
  return { asked, forget: () => void process.off('SIGTERM', onSignal).off('SIGINT', onSignal) };
}
