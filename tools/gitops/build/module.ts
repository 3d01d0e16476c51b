import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, versionIn } from '../../controlplane/build/module.ts';
import { LISTENERS } from './listener.ts';
import { type ModuleName, REQUIRED } from './programs.ts';

const MODULES = path.resolve(import.meta.dirname, '../modules');
const HASH_LENGTH = 16;

/** One of the Go modules, with all that decides what comes out of its build. */
export interface Module {
  readonly name: ModuleName;
  /** Its go.mod and go.sum. */
  readonly folder: string;
  /** Of the program, such as `v3.1.16`: stands in go.mod and nowhere else. */
  readonly version: string;
  readonly ldflags: string;
  /** Where its results are kept: one folder for each content of all that decides, shared by all checkouts. */
  readonly cache: string;
}

export function moduleOf(name: ModuleName): Module {
  const folder = path.join(MODULES, name);
  const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  const goMod = read('go.mod');
  const version = versionIn(goMod, REQUIRED[name]);
  const ldflags = ldflagsOf(name, version);
  const own = name === 'argocd' ? [read('redis/main.go'), JSON.stringify(LISTENERS)] : [];

  const hash = createHash('sha256');
  for (const part of [goMod, read('go.sum'), ldflags, ...own, process.platform, process.arch]) {
    hash.update(`${part.length}:${part}`);
  }
  const key = `${name}-${version}-${hash.digest('hex').slice(0, HASH_LENGTH)}`;
  return { name, folder, version, ldflags, cache: path.join(path.dirname(cacheFolder()), 'gitops', key) };
}

/** Argo CD reads its own version from the linker: argoproj/argo-cd common/version.go. */
function ldflagsOf(name: ModuleName, version: string): string {
  if (name !== 'argocd') return '-s -w';
  return `-s -w -X github.com/argoproj/argo-cd/v3/common.version=${version.slice(1)}`;
}
