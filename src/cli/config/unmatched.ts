/** Finds the patterns of weir.yaml that no file stands behind: a typing error, or a folder that moved. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { matchesPattern } from '../../policy/pattern.ts';
import type { InputProblem } from '../input/resource.ts';
import type { Configuration } from './configuration.ts';

/** A warning for each pattern of an environment that names nothing that is there. */
export function unmatchedPaths({ folder, file, environments }: Configuration): InputProblem[] {
  const warnings: InputProblem[] = [];
  for (const { name, paths, places } of environments) {
    for (const [index, pattern] of paths.entries()) {
      const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
      if (isThere(folder, parts, { left: MOST_FOLDERS })) continue;
      const message = `"${pattern}" matches no file that exists, so nothing goes to ${name} by it; correct it or drop it`;
      warnings.push({ file, ...places[index], message });
    }
  }
  return warnings;
}

/** Folders that are read for one pattern; behind that it counts as one that matches. */
const MOST_FOLDERS = 2000;

interface Budget {
  left: number;
}

/** As glob.ts matches, but from the folder down, so that only what the pattern can name is looked at. */
function isThere(at: string, parts: readonly string[], budget: Budget): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return true;
  if (part !== '**' && !part.includes('*')) {
    const next = path.join(at, part);
    return statSync(next, { throwIfNoEntry: false }) !== undefined && isThere(next, rest, budget);
  }

  if (part === '**' && isThere(at, rest, budget)) return true;
  if (budget.left-- <= 0) return true;
  for (const entry of entriesOf(at)) {
    const next = path.join(at, entry.name);
    if (part === '**') {
      if (entry.isDirectory() && !SKIPPED.has(entry.name) && isThere(next, parts, budget)) return true;
    } else if (matchesPattern(part, entry.name) && isThere(next, rest, budget)) return true;
  }
  return false;
}

const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules']);

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // a file, or nothing that may be looked at
  }
}
