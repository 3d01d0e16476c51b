/** The Kustomize roots under the paths of a command line, built, with each object traced back to its source. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readManifests } from '../../../kubernetes/yaml/read.ts';
import type { Io } from '../../io.ts';
import type { Progress } from '../../progress.ts';
import type { InputProblem, Resource } from '../resource.ts';
import type { Found } from '../walk.ts';
import { buildRoot } from './build.ts';
import { graphOf, type KustomizeGraph } from './graph.ts';
import { chainOf, type Kustomization } from './kustomization.ts';
import { findKustomize, type KustomizeProgram } from './program.ts';
import { Sources } from './sources.ts';
import { traced } from './trace.ts';

export interface Built {
  readonly resources: readonly Resource[];
  readonly problems: readonly InputProblem[];
  /** Absolute paths of files that kustomizations use, which are not judged by themselves. */
  readonly sources: ReadonlySet<string>;
}

interface Options {
  readonly io: Io;
  readonly progress: Progress;
  /** How a file (absolute) is called in front of the user. */
  name(file: string): string;
}

/** Builds at once: each is a process of its own, and most of its time is start-up. */
const AT_ONCE = Math.max(1, Math.min(4, os.availableParallelism()));

export async function loadKustomizations(found: Found, options: Options): Promise<Built> {
  if (found.kustomizations.length === 0) return { resources: [], problems: [], sources: new Set() };

  const graph = graphOf(found.kustomizations);
  const program = findKustomize(options.io.env);
  if (program === undefined) {
    const problems = graph.roots.map(({ file }) => ({ file: options.name(file), message: NO_PROGRAM }));
    return { resources: [], problems, sources: graph.sources };
  }

  const workspace = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'weir-kustomize-')));
  const remove = () => rmSync(workspace, { recursive: true, force: true });
  options.io.signal.addEventListener('abort', remove);
  try {
    const parts = await buildAll(graph, program, workspace, options);
    return {
      resources: parts.flatMap(({ resources }) => resources),
      problems: parts.flatMap(({ problems }) => problems),
      sources: graph.sources,
    };
  } finally {
    options.io.signal.removeEventListener('abort', remove);
    remove();
  }
}

const NO_PROGRAM =
  'a kustomization, and neither kustomize nor kubectl is on the PATH to build it; install one of them, or pipe in what it builds (kustomize build … | weir check -)';

interface Part {
  readonly resources: readonly Resource[];
  readonly problems: readonly InputProblem[];
}

/** A few at a time, told in the order of the roots whatever order they end in. */
async function buildAll(
  graph: KustomizeGraph,
  program: KustomizeProgram,
  workspace: string,
  options: Options,
): Promise<Part[]> {
  const sources = new Sources(options.name);
  const parts: Part[] = [];
  const waiting = [...graph.roots.entries()];
  options.progress.begin('building', waiting.length);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, root] = next;
      parts[index] = await buildOne(root, graph, program, workspace, sources, options);
      await options.progress.step();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return parts;
}

async function buildOne(
  root: Kustomization,
  graph: KustomizeGraph,
  program: KustomizeProgram,
  workspace: string,
  sources: Sources,
  { io, name }: Options,
): Promise<Part> {
  const file = name(root.file);
  const build = await buildRoot(program, root.folder, workspace, io);
  if ('problem' in build) return { resources: [], problems: [{ file, message: build.problem }] };

  const { documents, errors } = readManifests(build.output, file);
  const chain = chainOf(root.folder, graph.known);
  return {
    resources: documents.map((document) => traced(document.object, { root, chain, base: build.base, sources })),
    // The places are those of the output, which the user does not see.
    problems: errors.map(({ message }) => ({ file, message: `in what kustomize builds: ${message}` })),
  };
}
