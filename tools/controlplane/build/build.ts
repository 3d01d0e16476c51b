import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { go, needGo } from './go.ts';
import { type Module, moduleOf } from './module.ts';
import { type ModuleName, PROGRAMS, type Program, type ProgramName } from './programs.ts';
import { type Terminal, withProgress } from './progress.ts';
import { configFolder, copyKnativeConfig, type Source, sourceOf } from './source.ts';

const REMAINS_MS = 2 * 60 * 60_000;

export interface BuildOptions {
  /** Knative Serving too. */
  readonly knative?: boolean;
  /** Where progress is told; standard error unless set. */
  readonly terminal?: Terminal;
}

export interface Built {
  /** The path of a program. */
  pathOf(name: ProgramName): string;
  /** The folder of the YAML that Knative is installed from. */
  readonly knativeConfig: string;
}

/**
 * Builds what is not built yet, one program after another, and says where the programs are. What the folder named by
 * KUBEBUILDER_ASSETS holds is taken from there.
 *
 * @throws where Go is missing or fails, with a sentence that says what to install, or with Go's own words
 */
export async function buildControlPlane({ knative = false, terminal }: BuildOptions = {}): Promise<Built> {
  const modules: ModuleName[] = knative ? ['etcd', 'kubernetes', 'knative'] : ['etcd', 'kubernetes'];
  await buildMissing(
    PROGRAMS.filter((each) => modules.includes(each.module)),
    modules,
    terminal ?? process.stderr,
  );
  return { pathOf, knativeConfig: configFolder(moduleOf('knative')) };
}

/** Builds kubectl alone where it is not built yet, and says where it is. @throws as buildControlPlane does */
export async function buildKubectl(terminal: Terminal): Promise<string> {
  await buildMissing(
    PROGRAMS.filter(({ name }) => name === 'kubectl'),
    ['kubernetes'],
    terminal,
  );
  return pathOf('kubectl');
}

/** A program that was brought or built before: its path. */
export function presentPathOf(name: ProgramName): string | undefined {
  const program = PROGRAMS.find((each) => each.name === name);
  return program === undefined ? undefined : presentPath(program);
}

async function buildMissing(
  programs: readonly Program[],
  modules: readonly ModuleName[],
  terminal: Terminal,
): Promise<void> {
  const missing = programs.filter((each) => presentPath(each) === undefined);
  if (missing.length > 0) await needGo(`to build ${missing.map(({ name }) => name).join(', ')}`);
  for (const name of modules) await buildModule(moduleOf(name), missing, terminal);
}

async function buildModule(module: Module, missing: readonly Program[], terminal: Terminal): Promise<void> {
  const programs = missing.filter((each) => each.module === module.name);
  const isConfigMissing = module.name === 'knative' && !existsSync(configFolder(module));
  if (programs.length === 0 && !isConfigMissing) return;

  await mkdir(module.cache, { recursive: true });
  await removeRemains(module.cache);
  const title = `${module.name} ${module.version}`;
  const source = await withProgress(`fetching ${title}`, terminal, () => sourceOf(module));
  try {
    if (isConfigMissing) await copyKnativeConfig(module);
    for (const program of programs) {
      const place = `${missing.indexOf(program) + 1} of ${missing.length}`;
      const what = program.name === module.name ? title : `${program.name} of ${title}`;
      await withProgress(`building ${what} (${place})`, terminal, () => compile(program, module, source));
    }
  } finally {
    await source.remove();
  }
}

/** Under a name of this process's own first, so that of two builds at once neither sees the other's half of a file. */
async function compile(program: Program, module: Module, { folder, flags }: Source): Promise<void> {
  const target = builtPath(program);
  const unfinished = `${target}.${process.pid}.tmp`;
  try {
    const args = ['build', ...flags, '-ldflags', module.ldflags, '-o', unfinished, program.package];
    await go(args, { cwd: folder });
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** What builds left that were killed. That of a build which still runs is young. */
async function removeRemains(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if (name.endsWith('.tmp') && Date.now() - (await stat(file)).mtimeMs > REMAINS_MS) {
      await rm(file, { recursive: true, force: true });
    }
  }
}

function pathOf(name: ProgramName): string {
  const present = presentPathOf(name);
  if (present === undefined) throw new Error(`${name} is not built`);
  return present;
}

/** The program as it was brought or built before. */
function presentPath(program: Program): string | undefined {
  const { KUBEBUILDER_ASSETS } = process.env;
  if (KUBEBUILDER_ASSETS !== undefined && program.module !== 'knative') {
    const brought = path.join(KUBEBUILDER_ASSETS, program.name);
    if (existsSync(brought)) return brought;
  }
  const built = builtPath(program);
  return existsSync(built) ? built : undefined;
}

function builtPath(program: Program): string {
  return path.join(moduleOf(program.module).cache, program.name);
}
