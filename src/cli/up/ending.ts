/** How `weir up` ends: because it was asked to, or by what nobody foresaw. */
import { Failure, systemReason } from '../failure.ts';
import { displayName } from '../input/display.ts';

/** Ends one part. */
export type Stop = () => unknown;

/** What was only half started may never end: it gets so long, and ends with the process (bin/weir.js). */
export const HALF_STARTED_MS = 2000;

/** The last that was started ends first, and none is left out for one that does not end well. */
export async function stopAll(stops: readonly Stop[]): Promise<void> {
  const problems: unknown[] = [];
  for (const stop of stops.toReversed()) {
    try {
      await stop();
    } catch (error) {
      problems.push(error);
    }
  }
  if (problems.length > 0) throw problems[0];
}

/** As far as it comes. */
export async function stopWithin(milliseconds: number, stops: readonly Stop[]): Promise<void> {
  await atMost(milliseconds, stopAll(stops));
}

/** What does not end well says nothing: why all of it ends is known already. */
export async function atMost(milliseconds: number, stopped: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([stopped.catch(() => {}), late]);
  clearTimeout(timer);
}

/** Rejects with the first error that nobody catches: Node would print where it was thrown, and end at once. */
export function untilBroken(): Promise<never> {
  const broken = new Promise<never>((_, reject) => {
    process.on('uncaughtException', reject);
  });
  broken.catch(() => {}); // it may come when nobody waits any more
  return broken;
}

/** What the operating system refuses is no mistake of Weir's, and is said as what it is about. */
export function inWords(error: unknown, cwd: string): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  if (isOfSystem(error.cause) && error.cause.code === 'EADDRINUSE') return taken(error.message);
  if (!isOfSystem(error)) return error;
  if (error.code === 'EADDRINUSE') return taken(`port ${error.port} is taken by another program`);
  const file = error.dest ?? error.path;
  if (file === undefined) return error;
  const where = displayName(file, cwd);
  return new Failure(
    `${where} cannot be used: ${systemReason(error)}; mend that, or choose another folder by --folder`,
  );
}

function taken(sentence: string): Failure {
  return new Failure(`${sentence}, and was free a moment ago; start again`);
}

interface SystemError extends Error {
  readonly code: string;
  /** Of a file; of one that was to be renamed, `dest` is what it was to be called. */
  readonly path?: string;
  readonly dest?: string;
  readonly port?: number;
}

export function isOfSystem(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
