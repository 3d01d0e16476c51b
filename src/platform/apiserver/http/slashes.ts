/** Slashes around a path. Counted, since a regular expression looks at each run of slashes once for every slash in it. */
const SLASH = '/';

export function withoutSlashesAtEnd(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === SLASH) end--;
  return path.slice(0, end);
}

export function withoutSlashesAround(path: string): string {
  let start = 0;
  while (path[start] === SLASH) start++;
  return withoutSlashesAtEnd(path.slice(start));
}
