import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeLater, startGuarded } from '../controlplane/process/guarded.ts';
import { until } from '../controlplane/process/wait.ts';

const START_SECONDS = 50;

export interface RunningPlatform {
  /** Of the administrator: a path. */
  readonly kubeconfig: string;
  /** Leaves no process and no folder. */
  stop(): Promise<void>;
}

/**
 * `weir up` as its users run it, on a free port and in a folder of its own. However this process ends, both are gone
 * soon after.
 *
 * @param root of the checkout
 */
export async function startPlatform(root: string): Promise<RunningPlatform> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-demo-'));
  removeLater(folder);
  const state = path.join(folder, 'state');
  const log = path.join(folder, 'log');
  const args = [path.join(root, 'bin/weir.js'), 'up', '--port=0', `--folder=${state}`];
  const program = startGuarded({
    name: 'weir up',
    command: process.execPath,
    args: [...args, `--policies=${path.join(root, 'policies')}`],
    log,
  });
  const stop = async () => {
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const isUp = () => readFileSync(log, 'utf8').includes('Weir is up');
    await until('the platform is up', { seconds: START_SECONDS, of: program }, isUp);
  } catch (error) {
    await stop();
    throw error;
  }
  return { kubeconfig: path.join(state, 'kubeconfig'), stop };
}
