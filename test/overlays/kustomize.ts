/** Kustomize on the folders of this repository, and on kustomizations that a test writes over them. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from '@jest/globals';
import { findKustomize, findProgram, type KustomizeProgram } from '../../src/cli/input/kustomize/program.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { findKubectl } from '../../tools/controlplane/build/kubectl.ts';
import { addFiles, folderWith } from '../cli/harness.ts';
import { objectsIn } from './read.ts';

/** Whatever builds: the first is what the other tests use. */
function program(): KustomizeProgram {
  const found = findKustomize(process.env);
  if (found === undefined) throw new Error('neither kustomize nor kubectl is on the PATH');
  return found;
}

/** Every Kustomize at hand: those of the PATH, and the kubectl that the suites of a cluster use. */
export async function everyProgram(): Promise<KustomizeProgram[]> {
  const kubectls = [findProgram('kubectl', process.env), await findKubectl()].filter((each) => each !== undefined);
  const kustomize = findProgram('kustomize', process.env);
  return [
    ...(kustomize === undefined ? [] : [{ command: kustomize, arguments: ['build'] }]),
    ...[...new Set(kubectls)].map((command) => ({ command, arguments: ['kustomize'] })),
  ];
}

/** `describe`; skipped, and saying why, where neither kustomize nor kubectl is on the PATH. */
export function describeBuilds(name: string, tests: () => void): void {
  if (findKustomize(process.env) !== undefined) describe(name, tests);
  else describe.skip(`${name} (skipped: neither kustomize nor kubectl is on the PATH)`, tests);
}

const texts = new Map<string, string>();

/** What is printed, built once for each program; a warning fails. */
export function builtText(folder: string, { command, arguments: args }: KustomizeProgram = program()): string {
  const key = [command, ...args, folder].join(' ');
  let text = texts.get(key);
  if (text === undefined) {
    const { status, stdout, stderr } = spawnSync(command, [...args, folder], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    text = stdout;
    texts.set(key, text);
  }
  return text;
}

/** The objects that are built; a warning fails. */
export function built(folder: string): JsonObject[] {
  return objectsIn(builtText(folder), folder);
}

/** A folder with a kustomization of one's own, as users write it; `fields` name the repository's folders by `at`. */
export function folderOver(
  fields: (at: (name: string) => string) => string,
  files: Readonly<Record<string, string>> = {},
): string {
  const folder = folderWith(files);
  addFiles(folder, { 'kustomization.yaml': fields((name) => path.relative(folder, realpathSync(name))) });
  return folder;
}

/** The objects of it. */
export function over(
  fields: (at: (name: string) => string) => string,
  files: Readonly<Record<string, string>> = {},
): JsonObject[] {
  return built(folderOver(fields, files));
}

/** The folder of an overlay with components on top. */
export function folderWithComponents(overlay: string, ...components: string[]): string {
  return folderOver((at) => `resources: [${at(overlay)}]\ncomponents: [${components.map(at).join(', ')}]\n`);
}

/** An overlay with components on top. */
export function withComponents(overlay: string, ...components: string[]): JsonObject[] {
  return built(folderWithComponents(overlay, ...components));
}

/** The folders below it that hold a kustomization: those that are built, or the components. */
export function kustomizationsIn(folder: string, kind: 'Kustomization' | 'Component'): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => path.basename(name) === 'kustomization.yaml')
    .map((name) => path.join(folder, name))
    .filter((file) => readFileSync(file, 'utf8').includes(`\nkind: ${kind}\n`))
    .map((file) => path.dirname(file))
    .sort();
}
