/**
 * Who holds the store. The lock itself is SQLite's, which the system takes from a process that ends in any way; the file
 * beside it only says whose it is.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

export function writeOwner(file: string): void {
  writeFileSync(lockFile(file), `${process.pid}\n`, { mode: 0o600 });
}

export function removeOwner(file: string): void {
  rmSync(lockFile(file), { force: true });
}

/** The pid that the file names, where it can be read. */
export function ownerOf(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(lockFile(file), 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function lockFile(file: string): string {
  return `${file}.lock`;
}
