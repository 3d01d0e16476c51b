/** Reads a policy folder at one moment: all of its policies, and the hash that names them. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { describeError, type PolicyError } from '../../policy/load/error.ts';
import { isPolicyFile, loadPolicies } from '../../policy/load/load.ts';

export interface Snapshot {
  readonly hash: string;
  readonly policies: ReadonlyMap<string, EffectivePolicy>;
  /** Each a sentence with its place; with any of them the snapshot is not to be used. */
  readonly errors: readonly string[];
}

/** A folder that is being written: so many looks in a row, and what it holds then is judged as it is. */
const MOST_LOOKS = 5;

/** @param shownAs how the folder is named in errors and in provenance */
export async function readFolder(folder: string, shownAs: string): Promise<Snapshot> {
  let hash = await hashOf(folder);
  for (let looks = 1; ; looks++) {
    const { policies, errors } = await loadPolicies(folder, shownAs);
    const after = await hashOf(folder);
    // Half of the files from before a change and half from after it would be a policy that nobody wrote.
    if (hash === after || looks === MOST_LOOKS)
      return { hash: after, policies, errors: sentences(policies, errors, shownAs) };
    hash = after;
  }
}

function sentences(
  policies: ReadonlyMap<string, EffectivePolicy>,
  errors: readonly PolicyError[],
  shownAs: string,
): string[] {
  if (errors.length > 0) return errors.map(describeError);
  return policies.size > 0 ? [] : [`${shownAs}: no policy here is an environment; all of them are abstract`];
}

/**
 * The first 12 hexadecimal digits of a SHA-256 over the names and contents of the folder's policy files: the same for a
 * folder and for the ConfigMap that is made of it, in which there is no kustomization. What cannot be
 * read counts as its error: a folder that is gone has a hash, too, and another one than an empty folder.
 */
export async function hashOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const add = (part: string | Uint8Array): void => {
    // with its length in front, so that no two lists of parts read the same
    hash.update(`${typeof part === 'string' ? Buffer.byteLength(part) : part.length}:`).update(part);
  };
  try {
    const names = (await readdir(folder)).filter(isPolicyFile).sort();
    for (const name of names) {
      add(name);
      add(await readFile(path.join(folder, name)).catch(codeOf));
    }
  } catch (error) {
    add(codeOf(error));
  }
  return hash.digest('hex').slice(0, 12);
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unreadable';
}
