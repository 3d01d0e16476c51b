/** HAProxy: from PATH, from an earlier run, or out of Debian's package with the libraries that it needs. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { type RunResult, run } from '../../../tools/controlplane/process/run.ts';

export interface HaproxyProgram {
  readonly program: string;
  /** For LD_LIBRARY_PATH; empty where the system has them. */
  readonly libraries: string;
  /** As it calls itself. */
  readonly version: string;
}

const SECONDS = 120;

/** @throws with a sentence that says what to install */
export async function provideHaproxy(): Promise<HaproxyProgram> {
  const onPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, 'haproxy'))
    .find((file) => path.isAbsolute(file) && existsSync(file));
  if (onPath !== undefined) return described(onPath, '');
  const kept = path.join(cacheFolder(), 'haproxy');
  if (!existsSync(programIn(kept))) await unpackInto(kept);
  return described(programIn(kept), librariesIn(kept).join(path.delimiter));
}

async function unpackInto(kept: string): Promise<void> {
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(path.join(cacheFolder(), 'haproxy-'));
  try {
    process.stderr.write("fetching Debian's haproxy…\n");
    const unpacked = path.join(folder, 'unpacked');
    const waiting = ['haproxy'];
    const done = new Set<string>();
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (done.has(name) || (name !== 'haproxy' && (await isInstalled(name)))) continue;
      done.add(name);
      waiting.push(...(await unpack(name, folder, unpacked)));
    }
    rmSync(kept, { recursive: true, force: true });
    renameSync(unpacked, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the libraries that it depends on */
async function unpack(name: string, folder: string, unpacked: string): Promise<string[]> {
  await must('apt-get', ['download', name], folder);
  const file = readdirSync(folder).find((each) => each.startsWith(`${name}_`) && each.endsWith('.deb'));
  if (file === undefined) throw missing(`apt-get download left no package of ${name}`);
  await must('dpkg', ['-x', file, unpacked], folder);
  const { stdout } = await must('dpkg-deb', ['-f', file, 'Depends'], folder);
  return [...stdout.matchAll(/(?:^|,)\s*(lib[a-z0-9.+-]+)/g)].map(([, library = '']) => library);
}

async function isInstalled(name: string): Promise<boolean> {
  const { code, stdout } = await run('dpkg-query', ['-W', '-f', '$'.concat('{Status}'), name], {
    env: process.env,
    seconds: SECONDS,
  });
  return code === 0 && stdout.includes('install ok installed');
}

async function described(program: string, libraries: string): Promise<HaproxyProgram> {
  const env = { ...process.env, LD_LIBRARY_PATH: libraries };
  const { code, stdout, stderr } = await run(program, ['-v'], { env, seconds: SECONDS });
  if (code !== 0) throw missing(stderr.trim());
  return { program, libraries, version: /HAProxy version \S+/.exec(stdout)?.[0] ?? 'HAProxy' };
}

async function must(command: string, args: readonly string[], cwd: string): Promise<RunResult> {
  let result: RunResult;
  try {
    result = await run(command, args, { env: process.env, cwd, seconds: SECONDS });
  } catch (error) {
    throw missing(error instanceof Error ? error.message : String(error));
  }
  if (result.code !== 0)
    throw missing(`${command} ${args.join(' ')} ended with ${result.code}: ${result.stderr.trim()}`);
  return result;
}

function missing(why: string): Error {
  return new Error(
    `there is no HAProxy: put haproxy (2.4 or newer) on PATH, such as by: apt-get install haproxy. ${why}`,
  );
}

function programIn(folder: string): string {
  return path.join(folder, 'usr/sbin/haproxy');
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
