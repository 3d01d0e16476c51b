/** A policy folder as the tests change it: plain files, or links as Kubernetes mounts a ConfigMap. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function emptyFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'weir-policies-'));
  folders.push(folder);
  return folder;
}

export type Files = Readonly<Record<string, string>>;

export function folderWith(files: Files): string {
  const folder = emptyFolder();
  write(folder, files);
  return folder;
}

export function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
}

export function empty(folder: string, ...names: readonly string[]): void {
  for (const name of names) rmSync(path.join(folder, name));
}

let generation = 0;

/** Writes a ConfigMap's files, or replaces them all at once: a new folder, and a rename of the link `..data` onto it. */
export function mount(folder: string, files: Files): void {
  const next = `..${generation++}`;
  mkdirSync(path.join(folder, next));
  write(path.join(folder, next), files);
  symlinkSync(next, path.join(folder, '..data_tmp'));
  renameSync(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
  for (const name of Object.keys(files)) {
    try {
      symlinkSync(path.join('..data', name), path.join(folder, name));
    } catch {
      // it is there already
    }
  }
}

/** An environment whose max-scale is bounded so. */
export function policy(name: string, maxScale = 10): string {
  return `apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: ${name}}\nspec:\n  autoscaling: {maxScale: {max: ${maxScale}}}\n`;
}

export const BAD =
  'apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: prod}\nspec: {autoscalling: {}}\n';
