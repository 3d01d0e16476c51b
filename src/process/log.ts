/** The log of what stays up: one JSON object a line, in the background. */
import pino, { type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Bytes that wait for whoever reads standard output. Where nobody does, further lines are dropped: the log must not eat the server. */
const MOST_WAITING = 16 * 1024 * 1024;

/**
 * Each write to a file goes through another thread, which costs as much as ten lines: those of a busy moment go together.
 * What is left is written at the end of the process, whatever ends it but SIGKILL.
 */
const TOGETHER_BYTES = 15 * 1024;
const LONGEST_WAIT_MS = 50;

/**
 * @param destination a stream, or a file that is added to; standard output where none is given. It is written in the
 *   background, since a full pipe must not hold up a review.
 */
export function makeLogger(level: LogLevel, destination?: DestinationStream | string): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (destination !== undefined && typeof destination !== 'string') return pino(options, destination);
  return pino(options, together(sinkFor(destination)));
}

/** @param file standard output where none is given */
export function sinkFor(file?: string): Sink {
  const dest = file === undefined ? {} : { dest: file, mode: 0o600 };
  return pino.destination({ ...dest, sync: false, minLength: TOGETHER_BYTES, maxLength: MOST_WAITING });
}

type Sink = ReturnType<typeof pino.destination>;

function together(sink: Sink): DestinationStream {
  let isAwaited = false;
  return {
    write(line) {
      sink.write(line);
      if (isAwaited) return;
      isAwaited = true;
      setTimeout(() => {
        isAwaited = false;
        sink.flush();
      }, LONGEST_WAIT_MS).unref();
    },
  };
}
