import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CONFIG_FILES } from '../knative/files.ts';
import { LISTENERS, patch } from '../knative/listeners.ts';
import { go } from './go.ts';
import type { Module } from './module.ts';

const GO_FILES = ['go.mod', 'go.sum', 'tools.go'];

/** A folder in which `go build` finds what it needs. */
export interface Source {
  readonly folder: string;
  /** Of `go build`. */
  readonly flags: readonly string[];
  /** Removes what was made for this build alone. */
  remove(): Promise<void>;
}

/** etcd and Kubernetes are built as they come out of the module cache; Knative's listeners are changed before. */
export async function sourceOf(module: Module): Promise<Source> {
  if (module.name !== 'knative') return { folder: module.folder, flags: ['-mod=readonly'], remove: async () => {} };

  const folder = await mkdtemp(path.join(tmpdir(), 'weir-knative-source-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    for (const file of GO_FILES) await cp(path.join(module.folder, file), path.join(folder, file));
    await go(['mod', 'vendor'], { cwd: folder });
    for (const listener of LISTENERS) {
      const file = path.join(folder, 'vendor', listener.file);
      await writeFile(file, patch(await readFile(file, 'utf8'), listener));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  // -trimpath: the folder has a new name each time, which must not enter the binary nor the key of Go's build cache.
  return { folder, flags: ['-mod=vendor', '-trimpath'], remove };
}

/**
 * Copies Knative's CRDs, roles, ConfigMaps and webhook configurations out of the module cache to where its programs
 * are, so that a start needs no Go.
 */
export async function copyKnativeConfig(module: Module): Promise<void> {
  const unfinished = path.join(module.cache, `config.${process.pid}.tmp`);
  try {
    for (const { module: name, files } of CONFIG_FILES) {
      const folder = (await go(['list', '-m', '-f', '{{.Dir}}', name], { cwd: module.folder })).trim();
      for (const file of files) {
        const target = path.join(unfinished, name, file);
        await mkdir(path.dirname(target), { recursive: true });
        await writeFile(target, await readFile(path.join(folder, file)));
      }
    }
    await rm(configFolder(module), { recursive: true, force: true });
    await rename(unfinished, configFolder(module));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

export function configFolder(module: Module): string {
  return path.join(module.cache, 'config');
}
