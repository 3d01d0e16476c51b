/** Which files have another name today than at a commit, as far as Git can tell by their content. */
import path from 'node:path';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { git } from './git.ts';

/**
 * Compares the commit with the working tree. A file that was never added is none of Git's: what moved into it is found
 * by its objects alone.
 *
 * @param root absolute: the repository's root
 * @returns the new name by the old one, both absolute
 */
export async function renamesSince(commit: string, root: string, io: Io): Promise<ReadonlyMap<string, string>> {
  const args = ['-c', 'core.fsmonitor=false', 'diff', '--no-ext-diff', '--no-color', '--find-renames'];
  const { code, stdout, stderr } = await git([...args, '--diff-filter=R', '--name-status', '-z', commit, '--'], {
    io,
    cwd: root,
  });
  if (code !== 0) throw new Failure(`--since: git diff failed: ${stderr.trim()}`);

  // R<likeness> NUL <old> NUL <new> NUL
  const renames = new Map<string, string>();
  const fields = stdout.toString().split('\0');
  for (let index = 0; index + 2 < fields.length; index += 3) {
    renames.set(path.join(root, fields[index + 1] ?? ''), path.join(root, fields[index + 2] ?? ''));
  }
  return renames;
}
