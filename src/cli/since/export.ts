/** Writes the files of a commit, as far as they matter to manifests, into a temporary folder. */
import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MAX_FILE_BYTES } from '../../kubernetes/yaml/read.ts';
import { Failure } from '../failure.ts';
import { isInside } from '../input/display.ts';
import { KUSTOMIZATION_FILES } from '../input/walk.ts';
import type { Io } from '../io.ts';
import { BatchReader } from './batch.ts';
import { git } from './git.ts';

interface TreeEntry {
  readonly isLink: boolean;
  readonly hash: string;
  readonly size: number;
  /** Relative to the repository's root. */
  readonly path: string;
}

/** More than this is no repository of manifests. */
const MAX_TOTAL_BYTES = 512 * 1024 * 1024;

export interface ExportOptions {
  readonly io: Io;
  /** Absolute. */
  readonly root: string;
  readonly commit: string;
  /** Absolute, in the repository: what is to be judged. */
  readonly paths: readonly string[];
  /** A folder with nothing in it but what was written of the same commit before. */
  readonly into: string;
}

/**
 * Without a kustomization under the paths, the manifests under them are all that is needed; a kustomization may refer
 * to any file.
 */
export async function exportCommit(options: ExportOptions): Promise<void> {
  const { io, root, commit, into } = options;
  const entries = wanted(await listTree(options), options);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > MAX_TOTAL_BYTES) {
    throw new Failure(
      `--since: ${commit.slice(0, 12)} has ${Math.ceil(total / 1024 / 1024)} MiB of files; name fewer paths`,
    );
  }

  const waiting = [...entries];
  const reader = new BatchReader((content) => {
    const entry = waiting.shift();
    if (entry !== undefined) write(entry, content, into);
  });
  const input = entries.map(({ hash }) => `${hash}\n`).join('');
  const { code, stderr } = await git(['cat-file', '--batch'], {
    io,
    cwd: root,
    input,
    consume: (chunk) => reader.add(chunk),
  });
  if (code !== 0 || waiting.length > 0) throw new Failure(`--since: git cat-file failed: ${stderr.trim()}`);
}

async function listTree({ io, root, commit }: ExportOptions): Promise<TreeEntry[]> {
  const { code, stdout, stderr } = await git(['ls-tree', '-r', '-z', '-l', '--full-tree', commit], { io, cwd: root });
  if (code !== 0) throw new Failure(`--since: git ls-tree failed: ${stderr.trim()}`);

  const entries: TreeEntry[] = [];
  for (const line of stdout.toString().split('\0')) {
    // <mode> SP <type> SP <hash> SP <size, padded> TAB <path>
    const tab = line.indexOf('\t');
    const [mode = '', type, hash = '', size = '0'] = line.slice(0, tab).split(/ +/);
    const name = line.slice(tab + 1);
    if (tab < 0 || type !== 'blob' || !isPlainPath(name)) continue;
    entries.push({ isLink: mode === '120000', hash, size: Number(size), path: name });
  }
  return entries;
}

/** A tree can be made by hand: nothing may leave the folder that it is written to. */
function isPlainPath(name: string): boolean {
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git');
}

function wanted(entries: readonly TreeEntry[], { root, paths }: ExportOptions): TreeEntry[] {
  const small = entries.filter(({ size }) => size <= MAX_FILE_BYTES);
  const named = small.filter((entry) => paths.some((each) => isInside(path.join(root, entry.path), each)));
  const hasKustomization = named.some((entry) => KUSTOMIZATION_FILES.includes(path.basename(entry.path)));
  if (hasKustomization) return small;
  return named.filter(
    ({ path: name, isLink }) => isLink || /\.(ya?ml|json)$/i.test(name) || paths.includes(path.join(root, name)),
  );
}

function write({ path: name, isLink }: TreeEntry, content: Buffer, into: string): void {
  const file = path.join(into, name);
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(path.dirname(file), { recursive: true });
  if (!isLink) {
    writeFileSync(file, content);
    return;
  }
  const target = content.toString();
  if (!path.isAbsolute(target) && isInside(path.resolve(path.dirname(file), target), into)) symlinkSync(target, file);
}
