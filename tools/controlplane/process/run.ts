import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** For standard input. */
  readonly input?: string;
  /** After that it is killed. */
  readonly seconds: number;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Throws where it cannot be started or is ended by a signal; any exit code is a result. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { env, cwd, input = '', seconds } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...env }, cwd });
    // Not spawn's own `timeout`: where the program is not found, that one holds this process until it has passed.
    const limit = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.stdin.on('error', () => {}); // it may end before it has read its input
    child.on('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      if (code !== null) return resolve({ code, stdout, stderr });
      reject(new Error(`${command} ${args.join(' ')} was ended by ${signal} (limit ${seconds} s): ${stderr}`));
    });
    child.stdin.end(input);
  });
}
