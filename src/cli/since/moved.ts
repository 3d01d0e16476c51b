/**
 * Objects that are new in what is judged, but stood elsewhere in the repository: the file was renamed into the judged
 * paths, or the object was moved from one file to another. An object that still stands where it stood has not moved:
 * its copy is as new as any.
 */
import path from 'node:path';
import { ENVIRONMENT_LABEL } from '../../policy/environmentLabel.ts';
import { Failure } from '../failure.ts';
import { isInside } from '../input/display.ts';
import { resourcesOf } from '../input/manifests.ts';
import { readRegularFile } from '../input/readFile.ts';
import type { Resource } from '../input/resource.ts';
import { KUSTOMIZATION_FILES } from '../input/walk.ts';
import type { Io } from '../io.ts';
import { git } from './git.ts';
import { identityOf } from './identity.ts';

export interface Repository {
  readonly io: Io;
  /** Absolute. */
  readonly root: string;
  readonly commit: string;
}

/** With more names than this, every manifest is read instead of asking Git who mentions them. */
const MOST_NAMES = 100;

/**
 * The files of the commit, outside of the judged paths, in which objects of these names may stand; and those that
 * label Namespaces with environments, without which nobody knows where the objects went.
 */
export async function filesMentioning(
  names: readonly string[],
  judged: readonly string[],
  repository: Repository,
): Promise<string[]> {
  const wanted = [...new Set(names)].filter((name) => name !== '' && !/[\n\0]/.test(name));
  if (wanted.length === 0) return [];
  const patterns = wanted.length > MOST_NAMES ? [''] : [...wanted, ENVIRONMENT_LABEL];

  const { io, root, commit } = repository;
  const asked = [
    'grep',
    '-l',
    '-z',
    '-I',
    '-F',
    '--full-name',
    '--no-color',
    ...patterns.flatMap((text) => ['-e', text]),
  ];
  const files = ['*.yaml', '*.yml', '*.json'];
  const { code, stdout, stderr } = await git([...asked, commit, '--', ...files], { io, cwd: root });
  // 1 says that there is none.
  if (code > 1) throw new Failure(`--since: git grep failed: ${stderr.trim()}`);

  const found: string[] = [];
  for (const line of stdout.toString().split('\0')) {
    if (!line.startsWith(`${commit}:`)) continue;
    const file = path.join(root, line.slice(commit.length + 1));
    if (!KUSTOMIZATION_FILES.includes(path.basename(file)) && !isAmong(file, judged)) found.push(file);
  }
  return found;
}

/** Kustomizations outside of the judged paths that are roots of today's input under another name. */
export function renamedRoots(
  renames: ReadonlyMap<string, string>,
  judged: readonly string[],
  present: readonly Resource[],
): string[] {
  const origins = new Set(present.map(({ origin }) => origin));
  const roots: string[] = [];
  for (const [before, after] of renames) {
    const isRoot = KUSTOMIZATION_FILES.includes(path.basename(before)) && origins.has(after);
    if (isRoot && !isAmong(before, judged)) roots.push(before);
  }
  return roots;
}

function isAmong(file: string, paths: readonly string[]): boolean {
  return paths.some((each) => isInside(file, each));
}

/** Which objects stand in a file of the working tree today. Each file is read once. */
export class Standing {
  readonly #byFile = new Map<string, ReadonlySet<string>>();

  has(resource: Resource, file: string): boolean {
    let identities = this.#byFile.get(file);
    if (identities === undefined) {
      identities = identitiesIn(file);
      this.#byFile.set(file, identities);
    }
    return identities.has(identityOf(resource.object));
  }
}

function identitiesIn(file: string): ReadonlySet<string> {
  const content = readRegularFile(file);
  if ('problem' in content) return new Set();
  const { resources } = resourcesOf(content.bytes, { file, origin: file, isNamed: false });
  return new Set(resources.map(({ object }) => identityOf(object)));
}
