/** Tests that need kustomize or kubectl, which not every machine has. */
import { it } from '@jest/globals';
import { findKustomize } from '../../src/cli/input/kustomize/program.ts';

const isThere = findKustomize(process.env) !== undefined;

/** `it`; skipped, and saying why, where neither program is on the PATH. */
export function withKustomize(name: string, test: () => Promise<void>): void {
  if (isThere) it(name, test);
  else it.skip(`${name} (skipped: neither kustomize nor kubectl is on the PATH)`, test);
}
