/** Reads a policy folder from the disk; everything else about policies is pure, in resolve.ts. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { everyRule } from '../rules/every.ts';
import { type PolicyFile, readPolicies } from './document.ts';
import type { PolicyError } from './error.ts';
import { reasonOf } from './reason.ts';
import { type PolicySet, resolveWith, usesCustomRules } from './resolver.ts';

/** A policy is read by people: a file larger than this is something else. */
const MAX_POLICY_BYTES = 1024 * 1024;

/** Kustomize reads no file outside of its root, so that the file that makes a ConfigMap of the policies lies among them. */
const KUSTOMIZATION = /^kustomization\.ya?ml$/;

/**
 * The policies of a folder: every `*.yaml` and `*.yml` file in it, but not in its subfolders, and not the kustomization
 * that packs them into a ConfigMap. Never throws; what cannot be read is an error like any other.
 *
 * @param shownAs how the folder is named in errors and in provenance, as in `policies/prod.yaml:14`
 */
export async function loadPolicies(folder: string, shownAs: string = folder): Promise<PolicySet> {
  return loadFolders([{ folder, shownAs }]);
}

/** The policies of a folder laid over those of another: of two files of one name that of `folder` is read. Never throws. */
export async function loadPoliciesOver(base: string, folder: string): Promise<PolicySet> {
  return loadFolders([base, folder].map((each) => ({ folder: each, shownAs: each })));
}

interface Folder {
  readonly folder: string;
  readonly shownAs: string;
}

async function loadFolders(folders: readonly Folder[]): Promise<PolicySet> {
  const errors: PolicyError[] = [];
  const found = new Map<string, Folder>();
  for (const each of folders) {
    const before = errors.length;
    const names = await policyFiles(each.folder, each.shownAs, errors);
    for (const name of names) found.set(name, each);
    if (names.length === 0 && errors.length === before) errors.push({ file: each.shownAs, message: NO_POLICY });
  }

  const files: PolicyFile[] = [];
  for (const [name, { folder, shownAs }] of [...found].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const file = path.posix.join(shownAs.replaceAll(path.sep, '/'), name);
    const text = await readPolicy(path.join(folder, name), file, errors);
    if (text !== undefined) files.push({ file, text });
  }

  const unreadable = errors.map(({ file }) => path.parse(file).name);
  // CEL takes as long to load as everything else here, and most policies bring no rules of their own
  const read = readPolicies(files);
  const custom = usesCustomRules(read) ? (await import('../custom/compile.ts')).customCompiler : undefined;
  const set = resolveWith(read, { ruleIds: everyRule.map((rule) => rule.id), custom });
  return { ...set, broken: new Set([...set.broken, ...unreadable]), errors: [...errors, ...set.errors] };
}

const NO_POLICY = 'there is no policy in this folder; weir init writes a first one';

/** Of the files of a policy folder, those that are read as policies. */
export function isPolicyFile(name: string): boolean {
  return /\.ya?ml$/.test(name) && !KUSTOMIZATION.test(name);
}

async function policyFiles(folder: string, shownAs: string, errors: PolicyError[]): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter(isPolicyFile).sort();
  } catch (error) {
    errors.push({ file: shownAs, message: `the policy folder cannot be read: ${reasonOf(error)}` });
    return [];
  }
}

async function readPolicy(location: string, file: string, errors: PolicyError[]): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(location);
    if (size <= MAX_POLICY_BYTES) return await readFile(location);
    errors.push({ file, message: `the file has ${size} bytes; a policy has at most ${MAX_POLICY_BYTES}` });
  } catch (error) {
    errors.push({ file, message: `the file cannot be read: ${reasonOf(error)}` });
  }
  return undefined;
}
