/**
 * Writes one log in the format of the Container Runtime Interface: `2026-05-04T08:00:00.000000000Z stdout F text`. A line
 * longer than 16 KiB is written in parts that are marked P (kubernetes/cri-api, containerd pkg/cri/io/logger.go).
 */
import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Log } from '../../../kubernetes/log.ts';
import type { Output } from '../processes.ts';
import type { OneFlow } from './flow.ts';

export interface LogFileOptions {
  /** Absolute; the older part is at this name with `.1` behind it. */
  readonly file: string;
  readonly mostBytes: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly flow: OneFlow;
  onClose(): void;
}

type Stream = 'stdout' | 'stderr';

const LONGEST = 16 * 1024;
const NEWLINE = 10;

export class LogFile implements Output {
  readonly #options: LogFileOptions;
  readonly #begun: Record<Stream, Buffer[]> = { stdout: [], stderr: [] };
  readonly #begunBytes: Record<Stream, number> = { stdout: 0, stderr: 0 };
  readonly #waiting = new Set<() => void>();
  #descriptor: number;
  #size = 0;
  #files = 0;
  #isClosed = false;
  #hasFailed = false;

  constructor(options: LogFileOptions) {
    this.#options = options;
    this.#descriptor = openSync(options.file, 'w', 0o600);
  }

  /** Of the file that is written now. */
  get size(): number {
    return this.#size;
  }

  /** How many files there were before this one. */
  get files(): number {
    return this.#files;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  write(stream: Stream, bytes: Uint8Array): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    const lines = this.#linesOf(stream, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const written = this.#append(lines);
    // a line without a letter costs as much as one of fifty
    return this.#options.flow.take(Math.max(bytes.length, written));
  }

  close(): void {
    if (this.#isClosed) return;
    const rest: Buffer[] = [];
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#begunBytes[stream] > 0) rest.push(this.#head(stream, 'F'), ...this.#take(stream), END);
    }
    this.#append(rest);
    this.#isClosed = true;
    closeSync(this.#descriptor);
    this.#options.onClose();
    this.#wake();
  }

  /** Resolves when there is more, or there will be none. */
  changed(signal: AbortSignal): Promise<void> {
    if (this.#isClosed || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  #linesOf(stream: Stream, bytes: Buffer): Buffer[] {
    const first = bytes.indexOf(NEWLINE) + 1;
    const last = bytes.lastIndexOf(NEWLINE) + 1;
    const between = bytes.subarray(first, last);
    return [
      ...this.#oneByOne(stream, bytes.subarray(0, first)),
      ...(between.length === 0 ? NOTHING : this.#manyLines(stream, between)),
      ...this.#oneByOne(stream, bytes.subarray(last)),
    ];
  }

  /** Whole lines: as one text, since a program that writes many short ones would take the processor from all others. */
  #manyLines(stream: Stream, lines: Buffer): Buffer[] {
    if (hasLong(lines)) return this.#oneByOne(stream, lines);
    const text = lines.toString('latin1');
    const head = this.#head(stream, 'F').toString('latin1');
    return [Buffer.from(`${head}${text.slice(0, -1).replaceAll('\n', `\n${head}`)}\n`, 'latin1')];
  }

  #oneByOne(stream: Stream, bytes: Buffer): Buffer[] {
    const pieces: Buffer[] = [];
    let from = 0;
    while (from < bytes.length) {
      const end = bytes.indexOf(NEWLINE, from);
      const stop = end < 0 ? bytes.length : end;
      // in parts, where it is too long for one
      while (this.#begunBytes[stream] + (stop - from) > LONGEST) {
        const room = LONGEST - this.#begunBytes[stream];
        pieces.push(this.#head(stream, 'P'), ...this.#take(stream), bytes.subarray(from, from + room), END);
        from += room;
      }
      if (end < 0) {
        // a copy: the buffer is the stream's
        this.#begin(stream, Buffer.from(bytes.subarray(from)));
        break;
      }
      pieces.push(this.#head(stream, 'F'), ...this.#take(stream), bytes.subarray(from, end + 1));
      from = end + 1;
    }
    return pieces;
  }

  #begin(stream: Stream, part: Buffer): void {
    this.#begun[stream].push(part);
    this.#begunBytes[stream] += part.length;
  }

  #take(stream: Stream): Buffer[] {
    if (this.#begunBytes[stream] === 0) return NOTHING;
    const parts = this.#begun[stream];
    this.#begun[stream] = [];
    this.#begunBytes[stream] = 0;
    return parts;
  }

  #head(stream: Stream, tag: 'F' | 'P'): Buffer {
    const time = this.#options.clock.now().toISOString().replace('Z', '000000Z');
    return Buffer.from(`${time} ${stream} ${tag} `);
  }

  /** @returns how many bytes that made */
  #append(pieces: Buffer[]): number {
    if (pieces.length === 0) return 0;
    const bytes = Buffer.concat(pieces);
    try {
      if (this.#size > 0 && this.#size + bytes.length > this.#options.mostBytes) this.#rotate();
      writeSync(this.#descriptor, bytes);
      this.#size += bytes.length;
      this.#hasFailed = false;
    } catch (err) {
      const { file, log } = this.#options;
      if (!this.#hasFailed) log.error({ err, file }, 'what a container writes cannot be kept, and is lost');
      this.#hasFailed = true;
    }
    this.#wake();
    return bytes.length;
  }

  #rotate(): void {
    const { file } = this.#options;
    // opened before the old one is closed: where that fails, nobody writes to a number that is another file's by then
    const next = openSync(`${file}.new`, 'w', 0o600);
    renameSync(file, `${file}.1`);
    renameSync(`${file}.new`, file);
    closeSync(this.#descriptor);
    this.#descriptor = next;
    this.#size = 0;
    this.#files++;
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

const END = Buffer.from('\n');
const NOTHING: Buffer[] = [];

/** Whether one of the lines is longer than a line may be. */
function hasLong(lines: Buffer): boolean {
  let from = 0;
  for (let at = 0; at < lines.length; at++) {
    if (lines[at] !== NEWLINE) continue;
    if (at - from > LONGEST) return true;
    from = at + 1;
  }
  return false;
}
