import path from 'node:path';
import { type RunResult, run } from '../process/run.ts';

const SECONDS = 60;

/** How kubectl ended. A refusal is a result too: `code` 1 and the server's words in `stderr`. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<RunResult>;

/** kubectl for one kubeconfig. The home folder of whoever runs the tests is neither read nor written. */
export function kubectlOf(binary: string, kubeconfig: string): Kubectl {
  const home = path.join(path.dirname(kubeconfig), 'kubectl');
  const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: kubeconfig, KUBERC: 'off' };
  return (args, input = '') => run(binary, args, { env, input, seconds: SECONDS });
}
