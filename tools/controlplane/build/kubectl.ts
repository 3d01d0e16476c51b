/** A kubectl for whoever needs nothing else of a control plane. */
import path from 'node:path';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { run } from '../process/run.ts';
import { buildKubectl, presentPathOf } from './build.ts';
import type { Terminal } from './progress.ts';

/** Of Kubernetes 1.x: an older one does not know all that the API server of 1.36 answers. */
const OLDEST_MINOR = 32;
const SECONDS = 30;

/**
 * The kubectl of KUBEBUILDER_ASSETS, one that was built here before, or that of PATH where it is 1.32 or newer: a path,
 * or undefined.
 */
export async function findKubectl(): Promise<string | undefined> {
  const present = presentPathOf('kubectl');
  if (present !== undefined) return present;
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, 'kubectl');
    if (path.isAbsolute(file) && (await isNewEnough(file))) return file;
  }
  return undefined;
}

/**
 * The same, and where there is none, one is built, which takes a minute or two.
 *
 * @throws where there is no Go, and where it fails
 */
export async function provideKubectl(terminal: Terminal = process.stderr): Promise<string> {
  return (await findKubectl()) ?? (await buildKubectl(terminal));
}

async function isNewEnough(file: string): Promise<boolean> {
  try {
    const { code, stdout } = await run(file, ['version', '--client', '-o', 'json'], { env: {}, seconds: SECONDS });
    if (code !== 0) return false;
    const version = stringAt(JSON.parse(stdout), 'clientVersion', 'gitVersion') ?? '';
    return Number(/^v1\.(\d+)\./.exec(version)?.[1] ?? 0) >= OLDEST_MINOR;
  } catch {
    return false;
  }
}
