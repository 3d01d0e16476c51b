/** What the load generator is asked to do, and what it says of it: both cross between processes as JSON. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Request, Target } from './connection.ts';

export interface Job {
  readonly target: Target;
  readonly source: Source;
  readonly connections: number;
  readonly pace: Pace;
  readonly seed: number;
}

/** A file of requests, which are sent in turns, or hostile ones, made from the seed while it goes. */
export type Source = { readonly file: string } | 'hostile';

/**
 * Open: requests come by chance, so many a second on average, whether or not the last one is answered, as those of an
 * API server do. Closed: each connection sends its next as soon as it has its answer.
 */
export type Pace =
  | { readonly loop: 'open'; readonly rate: number; readonly seconds: number }
  | { readonly loop: 'closed'; readonly count: number; readonly seconds: number };

export interface Outcome {
  readonly answered: number;
  /** Without an answer: the connection broke, or the time was up. */
  readonly lost: number;
  readonly denied: number;
  /** How many answers had which HTTP status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Milliseconds from the time at which the request was to be sent, so that waiting for a busy server counts. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** The generator's own CPU time over the time that passed: near 1, it is the generator that is measured. */
  readonly generatorBusy: number;
  /** The first answer that was not what it should be. */
  readonly oddity?: string;
}

/** @param share 0.99 for the time within which 99 of 100 were answered; NaN where there are no values */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Each as the length of the path, the path, the length of the body and the body: bodies need not be text. */
export function writeRequests(file: string, requests: readonly Request[]): void {
  const parts: Buffer[] = [];
  for (const { path, body } of requests) {
    const pathBytes = Buffer.from(path);
    parts.push(sizeOf(pathBytes), pathBytes, sizeOf(body), body);
  }
  writeFileSync(file, Buffer.concat(parts));
}

export function readRequests(file: string): Request[] {
  const bytes = readFileSync(file);
  const requests: Request[] = [];
  let at = 0;
  const next = (): Buffer => {
    const start = at + 4;
    at = start + bytes.readUInt32LE(at);
    return bytes.subarray(start, at);
  };
  while (at < bytes.length) requests.push({ path: next().toString(), body: next() });
  return requests;
}

function sizeOf(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  return size;
}
