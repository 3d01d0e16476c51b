/** The log of what stays up: one JSON object a line, in the background. */
import pino, { type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Bytes that wait for whoever reads standard output. Where nobody does, further lines are dropped: the log must not eat the server. */
const MOST_WAITING = 16 * 1024 * 1024;

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
  const file = destination === undefined ? {} : { dest: destination, mode: 0o600 };
  return pino(options, pino.destination({ ...file, sync: false, minLength: 0, maxLength: MOST_WAITING }));
}
