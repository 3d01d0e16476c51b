/** Path patterns of weir.yaml: `*` stands for any text within a name, `**` for any number of folders. */
import { matchesPattern } from '../../policy/pattern.ts';

/**
 * True where the pattern names the path, or a folder above it.
 *
 * @param file relative to weir.yaml's folder, with forward slashes
 */
export function matchesGlob(pattern: string, file: string): boolean {
  const wanted = pattern.split('/').filter((part) => part !== '' && part !== '.');
  const names = file.split('/').filter((part) => part !== '' && part !== '.');

  // reachable[i]: the first i parts of the pattern can stand for the names so far.
  let reachable = wanted.map(() => false);
  reachable.unshift(true);
  skipStars(reachable, wanted);
  for (const name of names) {
    if (reachable[wanted.length] === true) return true;
    const next = reachable.map(() => false);
    for (const [index, part] of wanted.entries()) {
      if (reachable[index] !== true) continue;
      if (part === '**') next[index] = true;
      else if (matchesPattern(part, name)) next[index + 1] = true;
    }
    skipStars(next, wanted);
    reachable = next;
  }
  return reachable[wanted.length] === true;
}

/** `**` may stand for no folder at all. */
function skipStars(reachable: boolean[], wanted: readonly string[]): void {
  for (const [index, part] of wanted.entries()) {
    if (part === '**' && reachable[index] === true) reachable[index + 1] = true;
  }
}
