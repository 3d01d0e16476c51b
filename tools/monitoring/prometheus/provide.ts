/** Prometheus and promtool, for the tests: from PATH, from an earlier run, or out of Debian's package. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { type RunResult, run } from '../../controlplane/process/run.ts';

export interface Programs {
  readonly prometheus: string;
  readonly promtool: string;
}

const NAMES = ['prometheus', 'promtool'] as const;
const SECONDS = 120;

/**
 * Where both programs are. What is on PATH counts first; otherwise the package `prometheus` of Debian or Ubuntu is
 * unpacked into the user's cache, which needs no root and installs nothing.
 *
 * @throws with a sentence that says what to install
 */
export async function providePrometheus(): Promise<Programs> {
  const onPath = programsIn(folderOnPath());
  if (onPath !== undefined) return onPath;
  const kept = path.join(cacheFolder(), 'prometheus');
  return programsIn(path.join(kept, 'usr/bin')) ?? (await unpackInto(kept));
}

async function unpackInto(kept: string): Promise<Programs> {
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(path.join(cacheFolder(), 'prometheus-'));
  try {
    process.stderr.write("fetching Debian's prometheus…\n");
    await download(folder);
    const [file] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
    if (file === undefined) throw missing('apt-get download left no package');
    const unpacked = path.join(folder, 'unpacked');
    await must('dpkg', ['-x', file, unpacked], folder);
    const programs = programsIn(path.join(unpacked, 'usr/bin'));
    if (programs === undefined) throw missing(`${file} holds no prometheus and promtool`);
    rmSync(kept, { recursive: true, force: true });
    renameSync(unpacked, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const programs = programsIn(path.join(kept, 'usr/bin'));
  if (programs === undefined) throw missing(`${kept} is not whole`);
  return programs;
}

/** By what apt knows of its sources; where it was never told, by lists of our own, which needs no root either. */
async function download(folder: string): Promise<void> {
  try {
    await must('apt-get', ['download', 'prometheus'], folder);
  } catch {
    const lists = path.join(folder, 'lists');
    const cache = path.join(folder, 'cache');
    for (const each of [path.join(lists, 'partial'), path.join(cache, 'archives/partial')]) {
      mkdirSync(each, { recursive: true });
    }
    const own = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`, '-o', 'Debug::NoLocking=true'];
    await must('apt-get', [...own, 'update'], folder);
    await must('apt-get', [...own, 'download', 'prometheus'], folder);
  }
}

async function must(command: string, args: readonly string[], cwd: string): Promise<void> {
  let result: RunResult;
  try {
    result = await run(command, args, {
      // apt may be told by it which way out there is
      env: process.env,
      cwd,
      seconds: SECONDS,
    });
  } catch (error) {
    throw missing(error instanceof Error ? error.message : String(error));
  }
  if (result.code !== 0)
    throw missing(`${command} ${args.join(' ')} ended with ${result.code}: ${result.stderr.trim()}`);
}

function missing(why: string): Error {
  return new Error(
    `there is no Prometheus: put prometheus and promtool (2.42 or newer) on PATH, such as by: apt-get install prometheus. ${why}`,
  );
}

/** The first folder of PATH that has both. */
function folderOnPath(): string {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.find((folder) => programsIn(folder) !== undefined) ?? '';
}

function programsIn(folder: string): Programs | undefined {
  if (folder === '' || NAMES.some((name) => !existsSync(path.join(folder, name)))) return undefined;
  return { prometheus: path.join(folder, 'prometheus'), promtool: path.join(folder, 'promtool') };
}

function cacheFolder(): string {
  const { XDG_CACHE_HOME } = process.env;
  const cache = XDG_CACHE_HOME === undefined || XDG_CACHE_HOME === '' ? path.join(homedir(), '.cache') : XDG_CACHE_HOME;
  return path.join(cache, 'weir');
}
