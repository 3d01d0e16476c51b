/** Reads one file, never anything that is not one: a FIFO would hang and a device would not end. */
import { readFileSync, statSync } from 'node:fs';
import { MAX_FILE_BYTES } from '../../kubernetes/yaml/read.ts';
import { systemReason } from '../failure.ts';

export type FileBytes = { readonly bytes: Uint8Array } | { readonly problem: string };

/** The bytes of a regular file within the reader's limit, or a sentence that says why not. */
export function readRegularFile(file: string): FileBytes {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return { problem: `${whatIs(stats)}, not a file; pipe it in and name - instead` };
    if (stats.size > MAX_FILE_BYTES) return { problem: tooLarge(stats.size) };
    return { bytes: readFileSync(file) };
  } catch (error) {
    return { problem: `cannot be read: ${systemReason(error)}` };
  }
}

export function tooLarge(bytes: number): string {
  return `the file has ${megabytes(bytes)} MiB, and at most ${megabytes(MAX_FILE_BYTES)} MiB are read; split it`;
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024);
}

interface Stats {
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}

function whatIs(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
