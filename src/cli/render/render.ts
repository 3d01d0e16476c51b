/** `weir render`: manifests with the defaults of their environment, printed or written in place. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { PatchOperation } from '../../kubernetes/jsonPatch.ts';
import { type DocumentChange, rewriteFile } from '../../kubernetes/rewrite/file.ts';
import { printBlock } from '../../kubernetes/rewrite/print.ts';
import { catalogue } from '../../policy/catalogue.ts';
import type { Finding } from '../../policy/engine/judge.ts';
import { type Rendered, type RenderOptions, render } from '../../policy/render/render.ts';
import { count, describeProblem } from '../../report/result.ts';
import { commandLine } from '../../text/commandLine.ts';
import { contextFor } from '../check/context.ts';
import { Session, type SessionInput, type SessionOptions } from '../check/session.ts';
import { missedVerdicts, noEnvironment } from '../check/unassigned.ts';
import type { CommandContext } from '../command.ts';
import { sameOptions } from '../commandLine.ts';
import { EXIT, Failure, systemReason } from '../failure.ts';
import { readStdin, STDIN } from '../input/load.ts';
import type { Resource } from '../input/resource.ts';
import { KUSTOMIZATION_FILES } from '../input/walk.ts';
import type { Io } from '../io.ts';
import { progressOn } from '../progress.ts';
import { describeFixes } from './fixes.ts';
import { replaceFile, type Target, writable } from './write.ts';

export interface RenderPathsOptions extends SessionOptions, RenderOptions {
  /** Print the result, write the files in place, or only say what would change. */
  readonly mode: 'print' | 'write' | 'check';
  readonly allowEmpty: boolean;
}

export async function renderPaths(given: RenderPathsOptions, context: CommandContext): Promise<number> {
  const options = { ...given, paths: withoutKustomizations(given.paths, context.io.cwd) };
  const progress = progressOn(context.io);
  // standard input is read once, and its text is needed again when it is rewritten
  const { io, stdin } = options.paths.includes(STDIN) ? await keepStdin(context.io) : { io: context.io, stdin: '' };
  const session = await Session.open(options, io, progress);
  const input = await session.read(options.paths).finally(() => progress.end());

  const problems = [...session.problems, ...input.problems];
  if (input.resources.length === 0 && problems.length === 0) return nothingThere(given, io);

  const files = filesOf(renderAll(input, options, io.now()));
  const results = files.map((file) => rewrite(file, stdin));
  if (options.mode === 'print') printAll(results, io);
  else if (options.mode === 'write') writeAll(results, options, io);
  else tellAll(results, options, io);

  for (const problem of problems) io.stderr.write(`${describeProblem(problem)}\n`);
  if (problems.length > 0) return EXIT.failed;
  const missed = missedVerdicts(input.unassigned, session.policies.byName.values());
  if (missed.length > 0) {
    io.stderr.write(`weir: ${noEnvironment(missed, input.resources.length)}; they stay as they are\n`);
    return EXIT.failed;
  }
  return options.mode === 'check' && results.some(({ isChanged }) => isChanged) ? EXIT.denied : EXIT.clean;
}

/** As `weir check` has it: a wrong path is not to pass for a right one with nothing to do. */
function nothingThere({ paths, allowEmpty }: RenderPathsOptions, io: Io): number {
  if (allowEmpty) return EXIT.clean;
  const where = paths.join(' ');
  io.stderr.write(`weir: nothing was rendered: ${where} holds no Kubernetes objects (--allow-empty accepts that)\n`);
  return EXIT.failed;
}

/** `base/*.yaml` names the kustomization, too: who names files wants these files, and not what is built of them. */
function withoutKustomizations(paths: readonly string[], cwd: string): readonly string[] {
  const isKustomization = (given: string) => KUSTOMIZATION_FILES.includes(path.basename(given));
  const isFile = (given: string) => statSync(path.resolve(cwd, given), { throwIfNoEntry: false })?.isFile() === true;
  if (!paths.some((given) => given !== STDIN && !isKustomization(given) && isFile(given))) return paths;
  return paths.filter((given) => !isKustomization(given) || !isFile(given));
}

async function keepStdin(io: Io): Promise<{ io: Io; stdin: string }> {
  const read = await readStdin(io);
  if ('problem' in read) throw new Failure(read.problem);
  const again = async function* () {
    yield read.bytes;
  };
  return { io: { ...io, stdin: again() }, stdin: Buffer.from(read.bytes).toString('utf8') };
}

interface RenderedResource {
  readonly resource: Resource;
  /** Undefined where the resource's environment is not known: it stays as it is. */
  readonly rendered: Rendered | undefined;
}

/** In the order of the input. */
function renderAll(input: SessionInput, options: RenderOptions, now: Date): RenderedResource[] {
  const byResource = new Map<Resource, Rendered>();
  for (const policy of new Set(input.assigned.map((assigned) => assigned.policy))) {
    const members = input.assigned.filter((assigned) => assigned.policy === policy);
    const objects = members.map(({ resource }) => resource.object);
    const context = contextFor(policy, objects, now);
    for (const { resource, isBeside } of members) {
      if (isBeside !== true) byResource.set(resource, render(resource.object, context, catalogue, options));
    }
  }
  return input.resources.map((resource) => ({ resource, rendered: byResource.get(resource) }));
}

interface RenderedFile {
  /** Absolute; a kustomization's folder for what Kustomize built. */
  readonly origin: string;
  /** As shown to the user. */
  readonly file: string;
  readonly resources: RenderedResource[];
}

function filesOf(resources: readonly RenderedResource[]): RenderedFile[] {
  const files = new Map<string, RenderedFile>();
  for (const entry of resources) {
    const { origin, file } = entry.resource;
    const known = files.get(origin);
    if (known === undefined) files.set(origin, { origin, file, resources: [entry] });
    else known.resources.push(entry);
  }
  return [...files.values()];
}

interface Result {
  readonly file: RenderedFile;
  readonly text: string;
  readonly isChanged: boolean;
  /** False for standard input and for what Kustomize built. */
  readonly canWrite: boolean;
  readonly filled: number;
  readonly fixed: readonly Finding[];
}

function rewrite(file: RenderedFile, stdin: string): Result {
  const isFile = file.resources.every(({ resource }) => resource.position !== undefined);
  const before = isFile ? textOf(file, stdin) : printed(file.resources.map(({ resource }) => resource.object));
  const changes = changesOf(file.resources);
  return {
    file,
    text: isFile ? rewriteOrFail(file, before, changes) : printed(objectsAfter(file.resources)),
    isChanged: changes.length > 0,
    canWrite: isFile && file.file !== STDIN,
    filled: file.resources.reduce((sum, { rendered }) => sum + (rendered?.defaults.length ?? 0), 0),
    fixed: file.resources.flatMap(({ rendered }) => rendered?.fixed ?? []),
  };
}

function rewriteOrFail(file: RenderedFile, text: string, changes: readonly DocumentChange[]): string {
  try {
    return rewriteFile(text, changes);
  } catch (error) {
    throw new Failure(`${file.file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function textOf({ origin, file }: RenderedFile, stdin: string): string {
  if (file === STDIN) return stdin;
  try {
    return readFileSync(origin, 'utf8');
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${systemReason(error)}`);
  }
}

function objectsAfter(resources: readonly RenderedResource[]) {
  return resources
    .map(({ resource, rendered }) => (rendered === undefined ? resource.object : rendered.object))
    .filter((object) => object !== undefined);
}

function printed(objects: readonly Resource['object'][]): string {
  return objects.map((object) => `${printBlock(object, 0)}\n`).join('---\n');
}

/** Later items of a List first: removing one moves those behind it. */
function changesOf(resources: readonly RenderedResource[]): DocumentChange[] {
  return resources
    .flatMap(({ resource, rendered }) => {
      if (rendered === undefined || rendered.operations.length === 0) return [];
      const { document, pointer } = resource.position ?? { document: 0, pointer: '' };
      return [{ index: document, operations: rendered.operations.map((operation) => moved(operation, pointer)) }];
    })
    .reverse();
}

function moved(operation: PatchOperation, pointer: string): PatchOperation {
  return { ...operation, path: pointer + operation.path };
}

function printAll(results: readonly Result[], io: Io): void {
  let output = '';
  for (const { text } of results) {
    if (text.trim() === '') continue;
    if (output !== '' && !text.startsWith('---')) output += '---\n';
    output += text.endsWith('\n') ? text : `${text}\n`;
  }
  io.stdout.write(output);
  for (const { file, fixed } of results) tellFixes(file, fixed, 'fixed', io);
}

/** Nothing is written where anything of it could not be. */
function writeAll(results: readonly Result[], { paths }: RenderPathsOptions, io: Io): void {
  const changed = results.filter(({ isChanged }) => isChanged);
  const refused = changed.filter(({ canWrite }) => !canWrite);
  if (refused.length > 0) throw new Failure(refusal(refused));

  const writes = changed.map(({ file, text }) => ({ origin: file.origin, file: file.file, text }));
  const targets = writable(writes, paths, io.cwd);
  for (const [index, target] of targets.entries()) {
    const result = changed[index];
    if (result === undefined) continue;
    write(target, result.file);
    io.stderr.write(`${result.file.file}: ${describeChanges(result)}\n`);
    tellFixes(result.file, result.fixed, 'fixed', io);
  }
  if (changed.length === 0) io.stderr.write('nothing to change\n');
}

function refusal(refused: readonly Result[]): string {
  const built = refused.filter(({ file }) => file.file !== STDIN).map(({ file }) => file.file);
  if (built.length < refused.length) return 'standard input cannot be written in place; leave -w out';
  return `${built.join(', ')}: built by Kustomize, and cannot be written in place, so nothing was written; name the source files themselves, with --fix --no-defaults for a base that overlays share, or let Kustomize call weir fn`;
}

function write(target: Target, { file }: RenderedFile): void {
  try {
    replaceFile(target);
  } catch (error) {
    throw new Failure(`${file} cannot be written: ${systemReason(error)}`);
  }
}

function tellAll(results: readonly Result[], options: RenderPathsOptions, io: Io): void {
  const changed = results.filter(({ isChanged }) => isChanged);
  for (const result of changed) {
    io.stdout.write(`${result.file.file}: ${describeChanges(result)}\n`);
    tellFixes(result.file, result.fixed, 'would fix', io);
  }
  if (changed.length === 0) {
    io.stderr.write('nothing would change\n');
    return;
  }
  const which = `${changed.length} of ${count(results.length, 'file')} would change`;
  const isWritable = changed.every(({ canWrite }) => canWrite);
  const command = commandLine(
    'weir',
    'render',
    '-w',
    ...switchesOf(options),
    ...options.paths,
    ...sameOptions(options),
  );
  io.stderr.write(
    isWritable ? `${which}; write ${changed.length === 1 ? 'it' : 'them'} with: ${command}\n` : `${which}\n`,
  );
}

function switchesOf({ fix, knative, defaults }: RenderPathsOptions): string[] {
  return [
    ...(fix ? ['--fix'] : []),
    ...(defaults === false ? ['--no-defaults'] : []),
    ...(knative ? ['--knative'] : []),
  ];
}

function tellFixes({ file }: RenderedFile, fixed: readonly Finding[], verb: 'fixed' | 'would fix', io: Io): void {
  for (const line of describeFixes(fixed, verb)) io.stderr.write(`${file}: ${line}\n`);
}

function describeChanges({ filled, fixed }: Result): string {
  const parts = [
    ...(filled > 0 ? [count(filled, 'default')] : []),
    ...(fixed.length > 0 ? [count(fixed.length, 'fix', 'fixes')] : []),
  ];
  return parts.length === 0 ? "Knative's own values" : parts.join(', ');
}
