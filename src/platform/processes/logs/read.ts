/** Reads one log as `kubectl logs` asks for it (k8s.io/cri-client pkg/logs/logs.go). */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { LogFile } from './file.ts';

export interface ReadOptions {
  readonly follow?: boolean;
  /** So many lines at the end; what follows comes after them. */
  readonly tailLines?: number;
  readonly since?: Date;
  /** No more than that. */
  readonly limitBytes?: number;
  readonly hasTimestamps?: boolean;
  /** Both unless set. */
  readonly stream?: 'stdout' | 'stderr';
  /** Ends what follows. */
  readonly signal?: AbortSignal;
}

const CHUNK = 64 * 1024;
const NEWLINE = 10;

interface Part {
  readonly descriptor: number;
  /** Which of the writer's files it is; -1 for one that the writer wrote before. */
  readonly index: number;
}

/** @param writer of the log, where it is still written */
export function readLog(
  file: string,
  writer: LogFile | undefined,
  options: ReadOptions,
): AsyncIterable<Buffer> | undefined {
  const current = open(file);
  if (current === undefined) return undefined;
  const older = open(`${file}.1`);
  const index = writer?.files ?? 0;
  const parts: Part[] = [{ descriptor: current, index }];
  if (older !== undefined) parts.unshift({ descriptor: older, index: index - 1 });
  return new Reading(file, writer, options, parts).run();
}

function open(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch {
    return undefined;
  }
}

class Reading {
  readonly #file: string;
  readonly #writer: LogFile | undefined;
  readonly #options: ReadOptions;
  readonly #parts: Part[];
  readonly #signal: AbortSignal;
  readonly #since: string;
  #left: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: string, writer: LogFile | undefined, options: ReadOptions, parts: Part[]) {
    this.#file = file;
    this.#writer = writer;
    this.#options = options;
    this.#parts = parts;
    this.#signal = options.signal ?? new AbortController().signal;
    this.#since = options.since?.toISOString().replace('Z', '000000Z') ?? '';
    this.#left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  }

  async *run(): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* this.#all();
    } finally {
      for (const { descriptor } of this.#parts) closeSync(descriptor);
    }
  }

  async *#all(): AsyncGenerator<Buffer, void, undefined> {
    const { tailLines, follow = false } = this.#options;
    let offset = 0;
    if (tailLines !== undefined) offset = this.#toTail(tailLines);
    for (;;) {
      const [part, next] = this.#parts;
      if (part === undefined || this.#left <= 0 || this.#signal.aborted) return;
      const bytes = readAt(part.descriptor, offset);
      if (bytes !== undefined) {
        offset += bytes.length;
        const told = this.#told(bytes);
        if (told.length > 0) yield told;
        await breath();
        continue;
      }
      if (next === undefined && !this.#openNext(part)) {
        if (!follow || this.#writer === undefined || this.#writer.isClosed) return;
        await this.#writer.changed(this.#signal);
        continue;
      }
      closeSync(part.descriptor);
      this.#parts.shift();
      offset = 0;
    }
  }

  /** What the writer began since; of what it threw away meanwhile nothing can be told. */
  #openNext({ index }: Part): boolean {
    const files = this.#writer?.files ?? index;
    if (files <= index) return false;
    for (const [name, at] of [
      [`${this.#file}.1`, files - 1],
      [this.#file, files],
    ] as const) {
      if (at <= index) continue;
      const descriptor = open(name);
      if (descriptor !== undefined) this.#parts.push({ descriptor, index: at });
    }
    return this.#parts.length > 1;
  }

  /** Lets go of parts that are not asked for. @returns where in the first of the others to begin */
  #toTail(lines: number): number {
    let left = lines;
    for (const [at, { descriptor }] of [...this.#parts.entries()].reverse()) {
      const found = tailOf(descriptor, left);
      left = found.left;
      if (left > 0 && at > 0) continue;
      for (const gone of this.#parts.splice(0, at)) closeSync(gone.descriptor);
      return found.offset;
    }
    return 0;
  }

  #told(bytes: Buffer): Buffer {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const told: Buffer[] = [];
    let from = 0;
    for (;;) {
      const end = all.indexOf(NEWLINE, from);
      if (end < 0) break;
      told.push(...this.#line(all.subarray(from, end + 1)));
      from = end + 1;
    }
    this.#rest = all.subarray(from);
    const text = Buffer.concat(told).subarray(0, Math.min(this.#left, Number.MAX_SAFE_INTEGER));
    this.#left -= text.length;
    return text;
  }

  /** `<time> <stream> <tag> <text>`, with the line break at its end. */
  #line(line: Buffer): Buffer[] {
    const afterTime = line.indexOf(' ') + 1;
    const afterStream = line.indexOf(' ', afterTime) + 1;
    const afterTag = line.indexOf(' ', afterStream) + 1;
    if (afterTime === 0 || afterStream === 0 || afterTag === 0) return []; // cut off by an end in the middle of a write
    const { stream, hasTimestamps = false } = this.#options;
    if (stream !== undefined && line.toString('latin1', afterTime, afterStream - 1) !== stream) return [];
    if (this.#since !== '' && line.toString('latin1', 0, afterTime - 1) < this.#since) return [];
    const isPart = line[afterStream] === 80; // P
    const text = line.subarray(afterTag, isPart ? line.length - 1 : line.length);
    return hasTimestamps ? [line.subarray(0, afterTime), text] : [text];
  }
}

/** Undefined at the end of what is there. */
function readAt(descriptor: number, offset: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(CHUNK);
  const length = readSync(descriptor, bytes, 0, CHUNK, offset);
  return length === 0 ? undefined : bytes.subarray(0, length);
}

/** Where the last lines begin, and how many of them there were too few. */
function tailOf(descriptor: number, lines: number): { readonly offset: number; readonly left: number } {
  const { size } = fstatSync(descriptor);
  if (lines <= 0) return { offset: size, left: 0 };
  let left = lines;
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - CHUNK);
    const bytes = Buffer.allocUnsafe(end - start);
    readSync(descriptor, bytes, 0, bytes.length, start);
    // the line break at the very end ends the last line, and begins none
    for (let at = bytes.lastIndexOf(NEWLINE, end === size ? -2 : -1); at >= 0; ) {
      left--;
      if (left === 0) return { offset: start + at + 1, left: 0 };
      at = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1);
    }
    end = start;
  }
  return { offset: 0, left: size === 0 ? left : left - 1 };
}

/** Who reads much lets others go on in between. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
