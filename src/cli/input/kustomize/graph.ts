/** Which kustomizations are built: those that nothing refers to. */
import type { FoundKustomization } from '../walk.ts';
import { chainOf, type Kustomization, readKustomization } from './kustomization.ts';

export interface KustomizeGraph {
  /** By folder: those that were found and those that they lead to. */
  readonly known: ReadonlyMap<string, Kustomization>;
  /** To be built, in the order in which they were found. */
  readonly roots: readonly Kustomization[];
  /** Absolute paths of every file that one of them uses: judged as a part of what is built, and not by itself. */
  readonly sources: ReadonlySet<string>;
}

export function graphOf(found: readonly FoundKustomization[]): KustomizeGraph {
  const known = new Map<string, Kustomization>();
  const waiting = found.map(({ folder }) => folder);
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    if (known.has(folder)) continue;
    const kustomization = readKustomization(folder);
    if (kustomization === undefined) continue;
    known.set(folder, kustomization);
    waiting.push(...kustomization.folders);
  }

  const used = new Set([...known.values()].flatMap(({ folders }) => folders));
  const sources = new Set([...known.values()].flatMap(({ files }) => files));
  const roots: Kustomization[] = [];
  const reached = new Set<string>();
  const take = (folder: string): void => {
    const kustomization = known.get(folder);
    if (kustomization === undefined || kustomization.isComponent) return;
    roots.push(kustomization);
    for (const member of chainOf(folder, known)) reached.add(member.folder);
  };

  // A base that the user named is built even where an overlay refers to it.
  for (const { folder, isNamed } of found) {
    if (isNamed || !used.has(folder)) take(folder);
  }
  // What is left refers to itself in a circle: kustomize refuses it, and so it must be asked.
  for (const { folder } of found) {
    if (!reached.has(folder) && used.has(folder)) take(folder);
  }
  return { known, roots, sources };
}
