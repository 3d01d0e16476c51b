/** How what stays up is asked to go. */
import type { Log } from '../kubernetes/log.ts';

/** 128 and the signal's number. */
const CODES = { SIGTERM: 143, SIGINT: 130 } as const;

/**
 * Resolves at the first SIGTERM or SIGINT; a second one ends the process at once, with the code that a shell gives to what
 * a signal ended.
 */
export function awaitSignal(log: Log): { readonly asked: Promise<void>; forget(): void } {
  let isLeaving = false;
  let leave: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const onSignal = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (isLeaving) {
      log.warn({ signal }, 'gone at a second signal, without waiting for open requests');
      process.exit(CODES[signal]);
    }
    isLeaving = true;
    leave();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return { asked, forget: () => void process.off('SIGTERM', onSignal).off('SIGINT', onSignal) };
}
