import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { CONFIG_FILES } from '../knative/files.ts';
import { LISTENERS } from '../knative/listeners.ts';
import { type ModuleName, REQUIRED } from './programs.ts';

const MODULES = path.resolve(import.meta.dirname, '../modules');
const HASH_LENGTH = 16;

/** One of the Go modules, with all that decides what comes out of its build. */
export interface Module {
  readonly name: ModuleName;
  /** Its go.mod, go.sum and tools.go. */
  readonly folder: string;
  /** Of the program, such as `v1.36.3`: stands in go.mod and nowhere else. */
  readonly version: string;
  readonly ldflags: string;
  /** Where its results are kept: one folder for each content of go.mod and go.sum, shared by all checkouts. */
  readonly cache: string;
}

export function moduleOf(name: ModuleName): Module {
  const folder = path.join(MODULES, name);
  const goMod = readFileSync(path.join(folder, 'go.mod'), 'utf8');
  const version = versionIn(goMod, REQUIRED[name]);
  const ldflags = ldflagsOf(name, version);

  const goSum = readFileSync(path.join(folder, 'go.sum'), 'utf8');
  const changes = name === 'knative' ? JSON.stringify([LISTENERS, CONFIG_FILES]) : '';
  const hash = createHash('sha256');
  for (const part of [goMod, goSum, ldflags, changes, process.platform, process.arch]) {
    hash.update(`${part.length}:${part}`);
  }
  const key = `${name}-${version}-${hash.digest('hex').slice(0, HASH_LENGTH)}`;
  return { name, folder, version, ldflags, cache: path.join(cacheFolder(), key) };
}

/** Outside of every checkout, so that `npm ci` and a fresh clone find what was built before. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME } = process.env;
  const base = XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== '' ? XDG_CACHE_HOME : path.join(homedir(), '.cache');
  return path.join(base, 'weir', 'controlplane');
}

export function versionIn(goMod: string, required: string): string {
  for (const line of goMod.split('\n')) {
    const [first, second, third] = line.trim().split(/\s+/);
    if (first === 'require' && second === required && third !== undefined) return third;
    if (first === required && second?.startsWith('v')) return second;
  }
  throw new Error(`go.mod requires no ${required}`);
}

/** Kubernetes reads its own version from the linker: https://github.com/kubernetes/component-base, version/base.go. */
function ldflagsOf(name: ModuleName, version: string): string {
  if (name !== 'kubernetes') return '-s -w';
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const set = Object.entries(values).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`);
  return ['-s -w', ...set].join(' ');
}
