/** Which repository and which commit `--since` means. */
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../failure.ts';
import { isInside } from '../input/display.ts';
import type { Io } from '../io.ts';
import { git } from './git.ts';

export interface Past {
  /** Absolute, real: the repository's root. */
  readonly root: string;
  readonly commit: string;
  /** Real paths of what is judged. */
  readonly paths: readonly string[];
}

/** @param paths absolute */
export async function findPast(ref: string, paths: readonly string[], io: Io): Promise<Past> {
  const real = paths
    .filter((each) => statSync(each, { throwIfNoEntry: false }) !== undefined)
    .map((each) => realpathSync(each));
  const first = real[0] ?? io.cwd;
  const folder = statSync(first).isDirectory() ? first : path.dirname(first);

  const top = await git(['rev-parse', '--show-toplevel'], { io, cwd: folder });
  if (top.code !== 0) throw new Failure(`--since ${ref}: ${folder} is in no Git repository${reason(top.stderr)}`);
  const root = realpathSync(top.stdout.toString().replace(/\r?\n$/, ''));
  const outside = real.find((each) => !isInside(each, root));
  if (outside !== undefined) throw new Failure(`--since ${ref}: ${outside} is not in the repository ${root}`);

  const commit = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], {
    io,
    cwd: root,
  });
  if (commit.code !== 0) {
    throw new Failure(
      `--since ${ref}: the repository has no such commit; fetch it first (in a shallow clone: git fetch --unshallow)`,
    );
  }
  return { root, commit: commit.stdout.toString().trim(), paths: real };
}

/** Only what the user does not know anyway, such as an ownership that git does not trust. */
function reason(stderr: string): string {
  const text = stderr.trim().split('\n')[0] ?? '';
  return text === '' || text.includes('not a git repository') ? '' : ` (${text.replace(/^fatal: /, '')})`;
}
