/** Finds policy tests on the disk; everything else about them is pure, in read.ts and run.ts. */
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
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
      const text = await readFile(location);
      if (text.length > MAX_TEST_BYTES) continue;
      locations.set(file, location);
      files.push({ file, text });
    }
  } catch (error) {
    return { tests: [], errors: [{ file: shownAs, message: `the tests cannot be read: ${reasonOf(error)}` }] };
  }
  return readPolicyTests(files, (input, from) =>
    readInput(path.resolve(path.dirname(locations.get(from) ?? from), input)),
  );
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

function readInput(location: string): Uint8Array | string {
  try {
    return readFileSync(location);
  } catch (error) {
    return reasonOf(error);
  }
}
