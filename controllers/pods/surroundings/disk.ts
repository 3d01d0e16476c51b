/** The folder of a Pod: its volumes, and for each container a root under which they are mounted. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Mount } from './paths.ts';
import type { VolumeContent } from './volumes.ts';

export interface PodFolder {
  /** Brings a volume to what it is to hold; files that are the same stay untouched. */
  writeVolume(name: string, content: VolumeContent): void;
  /** @returns the container's root */
  mount(container: string, mounts: readonly Mount[]): string;
  rootOf(container: string): string;
  remove(): void;
}

/**
 * @param folder absolute, of this Pod alone
 * @param claims absolute: what PersistentVolumeClaims hold, by namespace and name; nothing in it is ever removed here
 */
export function podFolder(folder: string, claims: string): PodFolder {
  const volumeAt = (name: string): string => path.join(folder, 'volumes', name);
  const rootOf = (container: string): string => path.join(folder, 'roots', container);

  return {
    rootOf,

    writeVolume(name, content) {
      const volume = volumeAt(name);
      if (content !== undefined && 'claim' in content) {
        const kept = path.join(claims, content.namespace, content.claim);
        mkdirSync(kept, { recursive: true, mode: 0o700 });
        mkdirSync(path.dirname(volume), { recursive: true, mode: 0o700 });
        if (!isThere(volume)) symlinkSync(kept, volume);
        return;
      }
      mkdirSync(volume, { recursive: true, mode: 0o700 });
      if (content === undefined) return;
      for (const [file, { bytes, mode }] of content) writeWhole(path.join(volume, file), bytes, mode);
      for (const file of filesIn(volume)) if (!content.has(file)) rmSync(path.join(volume, file), { force: true });
    },

    mount(container, mounts) {
      const root = rootOf(container);
      mkdirSync(root, { recursive: true, mode: 0o700 });
      for (const { volume, mountPath, subPath } of mounts) {
        const at = path.join(root, mountPath);
        const target = path.join(volumeAt(volume), subPath);
        if (!existsSync(target)) mkdirSync(target, { recursive: true });
        if (isThere(at)) continue;
        mkdirSync(path.dirname(at), { recursive: true });
        symlinkSync(target, at);
      }
      return root;
    },

    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** A reader sees the old bytes or the new ones, and never a part. */
function writeWhole(file: string, bytes: Buffer, mode: number): void {
  if (existsSync(file) && readFileSync(file).equals(bytes)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const fresh = `${file}.weir-new`;
  // unreadable for others from its first byte on, whatever the mode is to be
  writeFileSync(fresh, bytes, { mode: 0o600 });
  chmodSync(fresh, mode & 0o700 ? mode & 0o755 : 0o600);
  renameSync(fresh, file);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
