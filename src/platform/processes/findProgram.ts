import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/**
 * The file that a program's name stands for, on the PATH of whoever started the platform: a manifest may set the PATH of
 * what runs, and must not choose by it what that is. A name with a slash is a path already, relative to where it runs.
 *
 * @returns undefined where there is none
 */
export function findProgram(program: string, searched: string): string | undefined {
  if (program.includes('/')) return program;
  for (const folder of searched.split(path.delimiter)) {
    // an empty part is the current folder to a shell, and nobody's intention here
    if (folder === '') continue;
    const file = path.resolve(folder, program);
    if (isExecutable(file)) return file;
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
