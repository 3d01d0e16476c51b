/** Everything under the paths of a command line, read and built. */
import path from 'node:path';
import { MAX_FILE_BYTES } from '../../kubernetes/yaml/read.ts';
import type { Io } from '../io.ts';
import type { Progress } from '../progress.ts';
import { displayName } from './display.ts';
import { loadKustomizations } from './kustomize/load.ts';
import { resourcesOf } from './manifests.ts';
import { readRegularFile, tooLarge } from './readFile.ts';
import type { Input, InputProblem, Resource } from './resource.ts';
import { type FoundFile, walk } from './walk.ts';

export interface LoadOptions {
  readonly io: Io;
  /** Absolute: what files are named relative to. */
  readonly cwd: string;
  readonly progress: Progress;
  isExcluded(file: string): boolean;
}

/** What `-` stands for on the command line. */
export const STDIN = '-';

/** Reads files, folders, kustomizations and `-`. What cannot be read is a problem of its own; the rest is still there. */
export async function loadInput(paths: readonly string[], options: LoadOptions): Promise<Input> {
  const { io, cwd, progress } = options;
  const resources: Resource[] = [];
  const problems: InputProblem[] = [];
  let passedOver = 0;

  const absolutePaths = paths.filter((given) => given !== STDIN).map((given) => path.resolve(cwd, given));
  const saidAbsolute = paths.some((given) => path.isAbsolute(given));
  const name = (file: string) => displayName(file, cwd, saidAbsolute);
  const found = walk(absolutePaths, options.isExcluded);
  for (const problem of found.problems) problems.push({ file: name(problem.path), message: problem.message });

  const built = await loadKustomizations(found, { io, name, progress });
  problems.push(...built.problems);

  const files = found.files.filter((file) => file.isNamed || !built.sources.has(file.path));
  progress.begin('reading', files.length);
  for (const file of files) {
    const { read, problem } = readFound(file, name);
    if (problem !== undefined) problems.push({ file: name(file.path), message: problem });
    if (read !== undefined) {
      for (const resource of read.resources) resources.push(resource);
      problems.push(...read.problems);
      if (read.isPassedOver) passedOver++;
    }
    await progress.step();
  }
  for (const resource of built.resources) resources.push(resource);

  if (paths.includes(STDIN)) {
    const text = await readStdin(io);
    if ('problem' in text) problems.push({ file: STDIN, message: text.problem });
    else {
      const read = resourcesOf(text.bytes, { file: STDIN, origin: path.join(cwd, STDIN), isNamed: true });
      resources.push(...read.resources);
      problems.push(...read.problems);
    }
  }
  return { resources, problems, passedOver };
}

function readFound({ path: file, isNamed }: FoundFile, name: (file: string) => string) {
  const content = readRegularFile(file);
  if ('problem' in content) return { problem: content.problem };
  return { read: resourcesOf(content.bytes, { file: name(file), origin: file, isNamed }) };
}

/** All of standard input, up to the size that is read of a file. */
export async function readStdin(io: Io): Promise<{ bytes: Uint8Array } | { problem: string }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of io.stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.length;
    if (size > MAX_FILE_BYTES) return { problem: tooLarge(size) };
    chunks.push(bytes);
  }
  return { bytes: Buffer.concat(chunks) };
}
