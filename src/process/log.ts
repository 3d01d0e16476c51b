/** The log of what stays up: one JSON object a line, in the background. */
import { openSync } from 'node:fs';
import pino, { type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Bytes that wait for whoever reads standard output. Where nobody does, further lines are dropped: the log must not eat the server. */
const MOST_WAITING = 16 * 1024 * 1024;

/**
 * Each write to a file goes through another thread, which costs as much as ten lines: those of a busy moment go together,
 * and are put together once. What is left is written at the end of the process, whatever ends it but SIGKILL.
 */
const TOGETHER = 48 * 1024;
const LONGEST_WAIT_MS = 50;
/** More than a busy machine takes to give a thread its turn; a pipe that is full is waited for no longer. */
const A_MOMENT_MS = 200;
/** At once. A pipe has room for so much. */
const MOST_WRITTEN = 64 * 1024;

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

/**
 * @param file standard output where none is given
 * @throws where the file cannot be opened
 */
export function sinkFor(file?: string): Sink {
  const dest = file === undefined ? {} : { dest: openSync(file, 'a', 0o600) };
  const sink = pino.destination({ ...dest, sync: false, maxWrite: MOST_WRITTEN, maxLength: MOST_WAITING });
  outliveErrors(sink, file ?? 'standard output');
  return sink;
}

/** A full disk ends nothing: lines are lost then, and what waits is not tried for ever at the end of the process. */
function outliveErrors(sink: Sink, name: string): void {
  let isBroken = false;
  sink.on('error', (error) => {
    // whoever read standard output has gone: nobody is there to be told
    if (error.code === 'EPIPE') return;
    const isNews = !isBroken;
    isBroken = true;
    if (isNews) process.stderr.write(`the log ${name} cannot be written: ${String(error)}\n`);
  });
  sink.on('write', () => {
    isBroken = false;
  });
  const flushSync = sink.flushSync.bind(sink);
  sink.flushSync = () => {
    if (!isBroken) flushSync();
  };
}

type Sink = ReturnType<typeof pino.destination>;

function together(sink: Sink): DestinationStream {
  let lines: string[] = [];
  let size = 0;
  let isAwaited = false;
  let isUnderWay = false;
  sink.on('drain', () => {
    isUnderWay = false;
  });
  const pass = (): void => {
    if (lines.length > 0) {
      isUnderWay = true;
      sink.write(lines.join(''));
    }
    lines = [];
    size = 0;
  };
  beforeTheEnd(() => {
    if (isUnderWay) letOtherThreadsRun();
    pass();
  });
  return {
    write(line) {
      lines.push(line);
      size += line.length;
      if (size >= TOGETHER) pass();
      if (isAwaited) return;
      isAwaited = true;
      setTimeout(() => {
        isAwaited = false;
        pass();
      }, LONGEST_WAIT_MS).unref();
    },
  };
}

/** At the end the rest is written by this thread: what another one has not even begun to write would come after it. */
function letOtherThreadsRun(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, A_MOMENT_MS);
}

const passes = new Set<() => void>();

/** The sinks write what they have when the process ends: by then they are to have all. */
function beforeTheEnd(pass: () => void): void {
  if (passes.size === 0) {
    const passAll = (): void => {
      for (const each of passes) each();
    };
    process.prependListener('beforeExit', passAll).prependListener('exit', passAll);
  }
  passes.add(pass);
}
