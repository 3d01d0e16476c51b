/** A Git repository on this machine, as Argo CD's source. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type RunResult, run } from '../../controlplane/process/run.ts';

const SECONDS = 60;

export interface Repository {
  readonly folder: string;
  /** As an Application names it. */
  readonly url: string;
  /** Writes a file, or with undefined takes it (or a folder) away. Nothing is committed yet. */
  write(file: string, content: string | undefined): void;
  /** Copies a folder of this machine into the repository. */
  copy(from: string, to: string): void;
  /** Commits all that was written, on `main`; the commit's hash. */
  commit(message: string): Promise<string>;
}

/** Makes an empty repository. @throws with Git's own words where it refuses, and where there is no Git */
export async function makeRepository(folder: string): Promise<Repository> {
  mkdirSync(folder, { recursive: true });
  // Whoever runs this has settings of their own, such as signing.
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const identity = ['-c', 'user.name=Weir', '-c', 'user.email=weir@example.com', '-c', 'commit.gpgsign=false'];

  async function git(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await runGit([...identity, ...args], { cwd: folder, env });
    if (code !== 0) throw new Error(`git ${args.join(' ')} failed in ${folder}: ${stderr.trim()}`);
    return stdout.trim();
  }

  await git('init', '--quiet', '--initial-branch=main');
  return {
    folder,
    url: `file://${folder}`,
    write(file, content) {
      const target = path.join(folder, file);
      if (content === undefined) return rmSync(target, { recursive: true });
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, content);
    },
    copy: (from, to) => cpSync(from, path.join(folder, to), { recursive: true }),
    async commit(message) {
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
  };
}

async function runGit(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<RunResult> {
  try {
    return await run('git', args, { cwd, env, seconds: SECONDS });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Git is needed, and cannot be started (${why}); install git 2.28 or newer`);
  }
}
