/** Files that nobody but their owner may read, written whole or not at all. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The text; undefined where there is no such file. @throws Error with a sentence for the user */
export async function readPrivate(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read (${codeOf(error)}); let the user who runs this read it`, { cause: error });
  }
}

/** Makes the folder too, where it is missing. @throws Error with a sentence for the user */
export async function writePrivate(file: string, text: string): Promise<void> {
  const folder = path.dirname(file);
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    await chmod(draft, 0o600); // whatever the umask
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw new Error(`${file} cannot be written (${codeOf(error)}); let the user who runs this write to ${folder}`, {
      cause: error,
    });
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : String(error);
}
