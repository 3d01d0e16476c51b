/** Which policies a check judges by, and the PolicyExceptions that lie beside them. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { keyOf, policyException } from '../../kubernetes/kinds.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { loadPolicies } from '../../policy/load/load.ts';
import { didYouMean } from '../../text/nearest.ts';
import type { Configuration } from '../config/configuration.ts';
import { Failure } from '../failure.ts';
import { displayName, isInside } from '../input/display.ts';
import { resourcesOf } from '../input/manifests.ts';
import { readRegularFile } from '../input/readFile.ts';
import type { InputProblem, Resource } from '../input/resource.ts';
import { walk } from '../input/walk.ts';
import type { Io } from '../io.ts';
import { shippedPolicies } from '../package.ts';

export interface Policies {
  /** By name of the environment. */
  readonly byName: ReadonlyMap<string, EffectivePolicy>;
  /** Policies that are only there for others to extend. */
  readonly abstract: ReadonlySet<string>;
  /** Policies with an error, of their own or of a parent's. */
  readonly broken: ReadonlySet<string>;
  readonly problems: readonly InputProblem[];
  /** Absolute. */
  readonly folder: string;
  readonly shownAs: string;
}

/**
 * The folder that is named, else weir.yaml's, else ./policies, else the one that Weir ships; absolute.
 *
 * @param option by which `named` was named, for the sentence where it is not there
 */
export function policiesFolder(
  named: string | undefined,
  configurations: readonly Configuration[],
  cwd: string,
  option = '--policies',
): string {
  if (named !== undefined) {
    const folder = path.resolve(cwd, named);
    if (isFolder(folder)) return folder;
    const why = existsSync(folder)
      ? 'it is no folder; name the one that holds the policies'
      : 'there is no such folder';
    throw new Failure(`${option} ${named}: ${why}`.trimStart());
  }

  const configured = configurations.find(({ policies }) => policies !== undefined);
  if (configured?.policies !== undefined) {
    const other = configurations.find(({ policies }) => policies !== undefined && policies !== configured.policies);
    if (other !== undefined) {
      throw new Failure(
        `${configured.file} and ${other.file} name different policy folders; check their paths one after the other, or say --policies`,
      );
    }
    if (!isFolder(configured.policies)) {
      throw new Failure(
        `${configured.file} names the policy folder ${displayName(configured.policies, cwd)}, which is not there`,
      );
    }
    return configured.policies;
  }

  const local = path.join(cwd, 'policies');
  return isFolder(local) && holdsPolicies(local) ? local : shippedPolicies();
}

/** Relative where the folder stands in the working folder; the shipped one stands anywhere, and is called by what it is. */
export function policiesName(folder: string, cwd: string): string {
  return folder === shippedPolicies() && !isInside(folder, cwd) ? 'policies of weir' : displayName(folder, cwd, true);
}

/** Says on stderr that nobody chose these policies; to see them at work is fine, to rely on them is not. */
export function tellShippedPolicies(folder: string, named: string | undefined, { cwd, stderr }: Io): void {
  if (named !== undefined || folder !== shippedPolicies() || isInside(folder, cwd)) return;
  stderr.write(
    'weir: judging by the policies that Weir ships, for there are none here; weir init writes some of your own, and --policies FOLDER names others\n',
  );
}

export async function readPolicies(folder: string, cwd: string): Promise<Policies> {
  const shown = policiesName(folder, cwd);
  const { policies, abstract, broken, errors } = await loadPolicies(folder, shown);
  return { byName: policies, abstract: new Set(abstract.keys()), broken, problems: errors, folder, shownAs: shown };
}

/** True for the PolicyExceptions of the policies' folder, which are no part of the input even where it holds them. */
export function isBesidePolicies({ object, origin }: Resource, folder: string): boolean {
  return keyOf(object) === policyException.key && isInside(origin, folder);
}

/** The PolicyExceptions of the policies' folder. */
export function exceptionsBeside(folder: string, cwd: string): Resource[] {
  const { files } = walk([folder], () => false);
  const resources: Resource[] = [];
  for (const file of files) {
    const content = readRegularFile(file.path);
    // What cannot be read is the loader's to tell: it reads the same files.
    if ('problem' in content || !mayHoldException(content.bytes)) continue;
    const naming = { file: displayName(file.path, cwd, true), origin: file.path, isNamed: false };
    for (const resource of resourcesOf(content.bytes, naming).resources) {
      if (keyOf(resource.object) === policyException.key) resources.push(resource);
    }
  }
  return resources;
}

/** Whether the kind's name stands in a file, or may, spelt by escapes: the schema beside the policies is larger than they are. */
function mayHoldException(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return text.includes(policyException.kind) || SPELLS_ANYTHING.test(text);
}

/** Escapes of JSON and YAML that stand for a letter, and YAML's tag for what is encoded. */
const SPELLS_ANYTHING = /\\[xuU]|binary/;

/** The sentence for an environment without a policy. */
export function unknownEnvironment(name: string, { byName, abstract, broken, shownAs }: Policies): string {
  const names = [...byName.keys()].sort();
  const list = names.length === 0 ? `${shownAs} has no policy that can be used` : `${shownAs} has ${names.join(', ')}`;
  if (broken.has(name)) return `the policy ${name} cannot be used, for the errors told above`;
  if (abstract.has(name)) return `${name} is abstract: it is there for others to extend, and no environment; ${list}`;
  const hint = didYouMean(name, names);
  return `no policy for the environment "${name}"${hint === '' ? ';' : hint} ${list}`;
}

/** Other tools keep a folder `policies`, too. What cannot be read may be ours: the loader says what is wrong with it. */
function holdsPolicies(folder: string): boolean {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return names.some((name) => {
    const content = readRegularFile(path.join(folder, name));
    return 'problem' in content || Buffer.from(content.bytes).includes('EnvironmentPolicy');
  });
}

function isFolder(folder: string): boolean {
  return existsSync(folder) && statSync(folder).isDirectory();
}
