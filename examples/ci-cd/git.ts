/** The repository, as a step of the pipeline needs it, and running programs in it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Event } from '../lib/inbox.ts';
import { Refused } from '../lib/service.ts';

/** What goes through the pipeline. */
export interface Change {
  readonly commit: string;
  /** Seconds since 1970; a later push has a greater one. */
  readonly pushedAt: number;
}

export interface Ended {
  readonly code: number;
  /** The end of what it said. */
  readonly output: string;
}

/** No step may take longer: a Service's `timeoutSeconds` ends its request otherwise. */
const LONGEST_MS = 240_000;
const KEPT_OUTPUT = 2000;

/** Of GitHub's push, or of the step before. @throws Refused */
export function changeIn({ data }: Event): Change {
  const { after, repository, commit = after, pushedAt = repository?.pushed_at } = asPush(data);
  // it becomes an argument of git's: nothing else than a commit may stand there
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) throw new Refused('the event names no commit');
  if (typeof pushedAt !== 'number') throw new Refused('the event does not say when it was pushed');
  return { commit, pushedAt };
}

interface Push {
  readonly after?: unknown;
  readonly repository?: { readonly pushed_at?: unknown };
  readonly commit?: unknown;
  readonly pushedAt?: unknown;
}

function asPush(data: unknown): Push {
  return typeof data === 'object' && data !== null ? data : {};
}

/**
 * Does something in a folder with the commit's files, which goes afterwards. Each step begins with Git, and with nothing
 * that another step has left: it may run again, and anywhere.
 *
 * @throws where the repository does not answer: the event is to come again
 */
export async function inCommit<T>({ commit }: Change, work: (folder: string) => Promise<T>): Promise<T> {
  // which repository is built the manifest says, and no event
  const { REPOSITORY = '' } = process.env;
  const folder = await mkdtemp(path.join(tmpdir(), 'ci-'));
  try {
    await git(folder, 'init', '--quiet');
    await git(folder, 'fetch', '--quiet', '--depth=1', REPOSITORY, commit);
    await git(folder, 'checkout', '--quiet', 'FETCH_HEAD');
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function git(folder: string, ...args: string[]): Promise<void> {
  const { code, output } = await run('git', args, folder);
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}: ${output}`);
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  const options = { cwd, timeout: LONGEST_MS, maxBuffer: 64 << 20 };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      const output = (stdout + stderr).slice(-KEPT_OUTPUT);
      if (error === null) resolve({ code: 0, output });
      else if (typeof error.code === 'number') resolve({ code: error.code, output });
      else reject(error);
    });
  });
}
