/** What `kubectl kustomize` builds of a folder of this checkout. */
import { spawnSync } from 'node:child_process';
import { expect } from '@jest/globals';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { provideKubectl } from '../../tools/controlplane/build/kubectl.ts';
import { objectsIn } from '../overlays/read.ts';

/** A warning fails. The first call on a machine may build kubectl, which takes a minute or two. */
export async function built(folder: string): Promise<JsonObject[]> {
  const { status, stdout, stderr } = spawnSync(await provideKubectl(), ['kustomize', folder], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return objectsIn(stdout, folder);
}
