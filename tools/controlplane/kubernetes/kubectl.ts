import { spawn } from 'node:child_process';
import path from 'node:path';

const TIMEOUT_MS = 60_000;

/** How kubectl ended. A refusal is a result too: `code` 1 and the server's words in `stderr`. */
export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Kubectl = (args: readonly string[], input?: string) => Promise<KubectlResult>;

/** kubectl for one kubeconfig. The home folder of whoever runs the tests is neither read nor written. */
export function kubectlOf(binary: string, kubeconfig: string): Kubectl {
  const home = path.join(path.dirname(kubeconfig), 'kubectl');
  const env = { PATH: process.env.PATH ?? '', HOME: home, KUBECONFIG: kubeconfig, KUBERC: 'off' };

  return (args, input = '') =>
    new Promise((resolve, reject) => {
      const child = spawn(binary, args, { env, timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
      let stdout = '';
      let stderr = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        stdout += chunk;
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        stderr += chunk;
      });
      child.stdin.on('error', () => {}); // kubectl may end before it has read its input
      child.on('error', reject);
      child.on('close', (code, signal) => {
        if (code !== null) return resolve({ code, stdout, stderr });
        reject(new Error(`kubectl ${args.join(' ')} was ended by ${signal} (limit ${TIMEOUT_MS / 1000} s): ${stderr}`));
      });
      child.stdin.end(input);
    });
}
