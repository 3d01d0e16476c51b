import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { go, needGo } from '../../controlplane/build/go.ts';
import { type Terminal, withProgress } from '../../controlplane/build/progress.ts';
import { run } from '../../controlplane/process/run.ts';
import { LISTENERS, patch } from './listener.ts';
import { type Module, moduleOf } from './module.ts';
import { PROGRAMS, type Program, type ProgramName, REQUIRED } from './programs.ts';

/** To copy Argo CD's source. */
const SECONDS = 120;

export interface Built {
  /** The path of a program. */
  pathOf(name: ProgramName): string;
  /** Argo CD's CustomResourceDefinitions, a folder of YAML. */
  readonly crds: string;
}

/**
 * Builds what is not built yet, and says where it is. A program appears under its name only when it is whole.
 *
 * @throws where Go is missing or fails, with a sentence that says what to install, or with Go's own words
 */
export async function buildGitOps(terminal: Terminal = process.stderr): Promise<Built> {
  const crds = path.join(moduleOf('argocd').cache, 'crds');
  const missing = PROGRAMS.filter((program) => !existsSync(builtPath(program)));
  if (missing.length > 0 || !existsSync(crds)) {
    await needGo(`to build ${missing.map(({ name }) => name).join(', ')}`);
  }
  for (const [index, program] of missing.entries()) {
    const module = moduleOf(program.module);
    const what = `${program.name} (${module.name} ${module.version}, ${index + 1} of ${missing.length})`;
    await withProgress(`building ${what}`, terminal, () => compile(program, module));
  }
  if (!existsSync(crds)) await copyCrds(crds);
  return { pathOf, crds };
}

async function compile(program: Program, module: Module): Promise<void> {
  await mkdir(module.cache, { recursive: true });
  const target = builtPath(program);
  const unfinished = `${target}.${process.pid}.tmp`;
  const source = program.name === 'argocd' ? await changedSource(module) : undefined;
  try {
    const flags = ['-mod=readonly', ...(source?.flags ?? []), '-ldflags', module.ldflags];
    await go(['build', ...flags, '-o', unfinished, program.package], { cwd: module.folder });
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { force: true });
    await source?.remove();
  }
}

interface ChangedSource {
  /** Of `go build`. */
  readonly flags: readonly string[];
  remove(): Promise<void>;
}

/** Argo CD with its changed lines, and a go.mod that leads there: files of Go's module cache must not be replaced. */
async function changedSource(module: Module): Promise<ChangedSource> {
  // The same place each time: it enters the key of Go's build cache.
  const folder = path.join(module.cache, 'source.tmp');
  const remove = () => rm(folder, { recursive: true, force: true });
  await remove();
  try {
    await mkdir(folder);
    await shell('cp', '-R', await sourceFolder(module), path.join(folder, 'argo-cd'));
    await shell('chmod', '-R', 'u+w', folder); // Go's module cache is read-only
    for (const listener of LISTENERS) {
      const file = path.join(folder, 'argo-cd', listener.file);
      await writeFile(file, patch(await readFile(file, 'utf8'), listener));
    }

    const goMod = await readFile(path.join(module.folder, 'go.mod'), 'utf8');
    const modfile = path.join(folder, 'go.mod');
    await writeFile(modfile, `${goMod}\nreplace ${REQUIRED.argocd} => ${path.join(folder, 'argo-cd')}\n`);
    await cp(path.join(module.folder, 'go.sum'), path.join(folder, 'go.sum'));
    return { flags: [`-modfile=${modfile}`], remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function shell(command: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(command, args, { env: process.env, seconds: SECONDS });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
}

/** Out of the module cache to where the program is, so that a start needs no Go. */
async function copyCrds(crds: string): Promise<void> {
  const unfinished = `${crds}.${process.pid}.tmp`;
  try {
    await shell('cp', '-R', path.join(await sourceFolder(moduleOf('argocd')), 'manifests', 'crds'), unfinished);
    await shell('chmod', '-R', 'u+w', unfinished); // Go's module cache is read-only
    await rename(unfinished, crds);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function sourceFolder({ name, folder }: Module): Promise<string> {
  await go(['mod', 'download', REQUIRED[name]], { cwd: folder });
  return (await go(['list', '-m', '-f', '{{.Dir}}', REQUIRED[name]], { cwd: folder })).trim();
}

function pathOf(name: ProgramName): string {
  const program = PROGRAMS.find((each) => each.name === name);
  if (program === undefined) throw new Error(`${name} is no program of GitOps`);
  return builtPath(program);
}

function builtPath(program: Program): string {
  return path.join(moduleOf(program.module).cache, program.name);
}
