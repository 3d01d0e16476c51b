/** How files are called in front of the user. */
import path from 'node:path';

/** Relative to the working folder, with forward slashes; absolute where the user said it so and it stands elsewhere. */
export function displayName(file: string, cwd: string, saidAbsolute = false): string {
  const relative = path.relative(cwd, file);
  if (relative === '') return '.';
  if (saidAbsolute && (relative.startsWith('..') || path.isAbsolute(relative))) return file;
  return path.sep === '/' ? relative : relative.split(path.sep).join('/');
}

/** True where the file is the folder itself or stands in it. */
export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}
