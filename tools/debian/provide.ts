/**
 * Programs for tests and benches: from PATH, from an earlier run, or out of Debian's (or Ubuntu's) package, unpacked into
 * the user's cache with the libraries that it needs. That needs no root and installs nothing.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { type RunResult, run } from '../controlplane/process/run.ts';

export interface Wanted {
  /** Of the package. */
  readonly name: string;
  /** All of these are looked for in one folder. */
  readonly programs: readonly string[];
  /** What the package depends on, and a system may lack, by the names of packages; nothing unless said. */
  readonly follow?: RegExp;
  /** Ends the sentence "there is no …". */
  readonly missing: string;
}

export interface Found {
  /** Absolute: where all of its programs are. */
  readonly folder: string;
  /** For LD_LIBRARY_PATH; empty where the system has them. */
  readonly libraries: string;
}

const SECONDS = 120;
/** In a package. */
const FOLDERS = ['usr/bin', 'usr/sbin'];

/** @throws with a sentence that says what to install */
export async function provideFromDebian(wanted: Wanted): Promise<Found> {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const onPath = folders.find((folder) => hasAll(folder, wanted));
  if (onPath !== undefined) return { folder: onPath, libraries: '' };
  const kept = path.join(cacheFolder(), wanted.name);
  if (folderIn(kept, wanted) === undefined) await unpackInto(kept, wanted);
  const folder = folderIn(kept, wanted);
  if (folder === undefined) throw missing(wanted, `the package holds no ${wanted.programs.join(' and ')}`);
  return { folder, libraries: librariesIn(kept).join(path.delimiter) };
}

async function unpackInto(kept: string, wanted: Wanted): Promise<void> {
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(path.join(cacheFolder(), `${wanted.name}-`));
  try {
    process.stderr.write(`fetching Debian's ${wanted.name}…\n`);
    const fetching: Fetching = { wanted, folder, unpacked: path.join(folder, 'unpacked'), apt: [] };
    const waiting = [wanted.name];
    const done = new Set<string>();
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (done.has(name) || (name !== wanted.name && (await isInstalled(name)))) continue;
      done.add(name);
      waiting.push(...(await unpack(name, fetching)));
    }
    rmSync(kept, { recursive: true, force: true });
    renameSync(fetching.unpacked, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Fetching {
  readonly wanted: Wanted;
  readonly folder: string;
  readonly unpacked: string;
  /** What apt-get is told before its command; filled by who finds that it is needed. */
  readonly apt: string[];
}

/** @returns what it depends on and is to be there, too */
async function unpack(name: string, fetching: Fetching): Promise<string[]> {
  const { wanted, folder, unpacked } = fetching;
  await download(name, fetching);
  const file = readdirSync(folder).find((each) => each.startsWith(`${name}_`) && each.endsWith('.deb'));
  if (file === undefined) throw missing(wanted, `apt-get download left no package of ${name}`);
  await must(wanted, 'dpkg', ['-x', file, unpacked], folder);
  const { stdout } = await must(wanted, 'dpkg-deb', ['-f', file, 'Depends'], folder);
  const names = [...stdout.matchAll(/(?:^|,)\s*([a-z0-9.+-]+)/g)].map(([, each = '']) => each);
  return names.filter((each) => wanted.follow?.test(each) === true);
}

/** By what apt knows of its sources; where it was never told, by lists of our own, which needs no root either. */
async function download(name: string, { wanted, folder, apt }: Fetching): Promise<void> {
  try {
    await must(wanted, 'apt-get', [...apt, 'download', name], folder);
    return;
  } catch (error) {
    if (apt.length > 0) throw error;
  }
  const lists = path.join(folder, 'lists');
  const cache = path.join(folder, 'cache');
  for (const each of [path.join(lists, 'partial'), path.join(cache, 'archives/partial')]) {
    mkdirSync(each, { recursive: true });
  }
  apt.push('-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`, '-o', 'Debug::NoLocking=true');
  await must(wanted, 'apt-get', [...apt, 'update'], folder);
  await must(wanted, 'apt-get', [...apt, 'download', name], folder);
}

async function isInstalled(name: string): Promise<boolean> {
  const options = { env: process.env, seconds: SECONDS };
  const { code, stdout } = await run('dpkg-query', ['-W', '-f', '$'.concat('{Status}'), name], options);
  return code === 0 && stdout.includes('install ok installed');
}

async function must(wanted: Wanted, command: string, args: readonly string[], cwd: string): Promise<RunResult> {
  let result: RunResult;
  try {
    // apt may be told by the environment which way out there is
    result = await run(command, args, { env: process.env, cwd, seconds: SECONDS });
  } catch (error) {
    throw missing(wanted, error instanceof Error ? error.message : String(error));
  }
  if (result.code === 0) return result;
  throw missing(wanted, `${command} ${args.join(' ')} ended with ${result.code}: ${result.stderr.trim()}`);
}

function missing(wanted: Wanted, why: string): Error {
  return new Error(`there is no ${wanted.missing}. ${why}`);
}

function folderIn(root: string, wanted: Wanted): string | undefined {
  return FOLDERS.map((folder) => path.join(root, folder)).find((folder) => hasAll(folder, wanted));
}

function hasAll(folder: string, { programs }: Wanted): boolean {
  return programs.every((name) => existsSync(path.join(folder, name)));
}

function librariesIn(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.so'));
  return [...new Set(found.map((name) => path.join(folder, path.dirname(name))))];
}

function cacheFolder(): string {
  const { XDG_CACHE_HOME } = process.env;
  const cache = XDG_CACHE_HOME === undefined || XDG_CACHE_HOME === '' ? path.join(homedir(), '.cache') : XDG_CACHE_HOME;
  return path.join(cache, 'weir');
}
