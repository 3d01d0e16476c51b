/** Asks git, without a shell and for a bounded time. */
import { spawn } from 'node:child_process';
import { Failure } from '../failure.ts';
import { findProgram } from '../input/kustomize/program.ts';
import type { Io } from '../io.ts';

const TIMEOUT_MS = 60_000;

export interface GitAnswer {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs git in a folder. What it prints goes to `consume` where that is given, and is not kept. */
export function git(
  args: readonly string[],
  { io, cwd, input, consume }: { io: Io; cwd: string; input?: string; consume?: (chunk: Buffer) => void },
): Promise<GitAnswer> {
  const command = findProgram('git', io.env);
  if (command === undefined) throw new Failure('--since needs git, which is not on the PATH');

  return new Promise((resolve, reject) => {
    const child = spawn(command, ['-C', cwd, ...args], {
      env: { ...io.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: io.signal,
      timeout: TIMEOUT_MS,
    });
    const chunks: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        if (consume === undefined) chunks.push(chunk);
        else consume(chunk);
      } catch (error) {
        child.kill();
        reject(error);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 10_000) stderr += chunk.toString();
    });
    // git may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => reject(new Failure(`git cannot be run: ${error.message}`)));
    child.on('close', (code) => resolve({ code: code ?? 1, stdout: Buffer.concat(chunks), stderr }));
    child.stdin.end(input ?? '');
  });
}
