/** Finds policy tests on the disk; everything else about them is pure, in read.ts and run.ts. */
import { readFileSync, statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { MAX_FILE_BYTES } from '../../kubernetes/yaml/limits.ts';
import type { PolicyFile } from '../load/document.ts';
import { reasonOf } from '../load/reason.ts';
import { type ReadTests, readPolicyTests } from './read.ts';

const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', '.git']);
/** A test is written by hand: a file larger than this is something else. */
const MAX_TEST_BYTES = 1024 * 1024;

/**
 * Every PolicyTest in the folder and its subfolders. Never throws; what cannot be read is an error.
 *
 * @param shownAs how the folder is named in errors and results
 */
export async function loadPolicyTests(folder: string, shownAs: string = folder): Promise<ReadTests> {
  const files: PolicyFile[] = [];
  const locations = new Map<string, string>();
  try {
    for (const location of await testFiles(folder)) {
      const relative = path.relative(folder, location).replaceAll(path.sep, '/');
      const file = path.posix.join(shownAs.replaceAll(path.sep, '/'), relative);
      if ((await stat(location)).size > MAX_TEST_BYTES) continue;
      const text = await readFile(location);
      locations.set(file, location);
      files.push({ file, text });
    }
  } catch (error) {
    return { tests: [], errors: [{ file: shownAs, message: `the tests cannot be read: ${reasonOf(error)}` }] };
  }
  return readPolicyTests(files, (input, from) => readInput(input, path.dirname(locations.get(from) ?? from)));
}

async function testFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const location = path.join(folder, entry.name);
    // symbolic links are neither, and so never lead out of the folder or round in circles
    if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) files.push(...(await testFiles(location)));
    if (entry.isFile() && /\.ya?ml$/.test(entry.name)) files.push(location);
  }
  return files;
}

/**
 * A test may name manifests beside its own folder, as `../apps/cart.yaml`, for it is written by those who run it; a path
 * from the disk's root would mean another file on every machine. What is no file is never opened: a named pipe would
 * hang, and a device would not end.
 */
function readInput(input: string, folder: string): Uint8Array | string {
  if (path.isAbsolute(input)) return "its path must be relative to the test's own folder";
  const location = path.resolve(folder, input);
  try {
    const stats = statSync(location);
    if (stats.isDirectory()) return 'it is a folder';
    if (!stats.isFile()) return 'it is no file, but a pipe, a socket or a device';
    if (stats.size > MAX_FILE_BYTES) return `it has more than ${MAX_FILE_BYTES / 1024 / 1024} MiB`;
    return readFileSync(location);
  } catch (error) {
    return reasonOf(error);
  }
}
