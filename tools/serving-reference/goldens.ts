import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Golden } from './tell.ts';

/** What `record.ts` wrote. */
export const GOLDENS = path.resolve(import.meta.dirname, 'testdata');

export function readGolden(story: string): Golden {
  return JSON.parse(readFileSync(path.join(GOLDENS, `${story}.json`), 'utf8'));
}
