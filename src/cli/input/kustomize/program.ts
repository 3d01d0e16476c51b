/** Runs kustomize: without a shell, for a bounded time and with a bounded output. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { MAX_FILE_BYTES } from '../../../kubernetes/yaml/read.ts';
import type { Io } from '../../io.ts';

export interface KustomizeProgram {
  readonly command: string;
  /** Before the folder. */
  readonly arguments: readonly string[];
}

export type BuildOutput = { readonly output: string } | { readonly problem: string };

const TIMEOUT_MS = 60_000;
const MAX_ERROR_BYTES = 64 * 1024;

/** `kustomize build`, or else `kubectl kustomize`; undefined where neither is on the PATH. */
export function findKustomize(env: Io['env']): KustomizeProgram | undefined {
  const kustomize = findProgram('kustomize', env);
  if (kustomize !== undefined) return { command: kustomize, arguments: ['build'] };
  const kubectl = findProgram('kubectl', env);
  return kubectl === undefined ? undefined : { command: kubectl, arguments: ['kustomize'] };
}

export function findProgram(name: string, env: Io['env']): string | undefined {
  const endings = process.platform === 'win32' ? ['.exe'] : [''];
  for (const folder of (env.PATH ?? '').split(path.delimiter)) {
    // An empty or relative entry would run a program of the repository that is being judged.
    if (!path.isAbsolute(folder)) continue;
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** What kustomize makes of a folder, or why it does not. */
export function runKustomize(program: KustomizeProgram, folder: string, { env, signal }: Io): Promise<BuildOutput> {
  return new Promise((resolve) => {
    const child = spawn(program.command, [...program.arguments, folder], {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_FILE_BYTES) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (errors.length < MAX_ERROR_BYTES) errors += chunk.toString();
    });
    child.on('error', (error) => resolve({ problem: `${program.command} cannot be run: ${error.message}` }));
    child.on('close', (code, killedBy) => {
      if (size > MAX_FILE_BYTES) {
        resolve({ problem: `kustomize printed more than ${MAX_FILE_BYTES / 1024 / 1024} MiB` });
      } else if (killedBy !== null) {
        resolve({ problem: `kustomize did not end within ${TIMEOUT_MS / 1000} seconds` });
      } else if (code !== 0) resolve({ problem: `kustomize cannot build it: ${lastWords(errors)}` });
      else resolve({ output: Buffer.concat(chunks).toString() });
    });
  });
}

const LONGEST_REASON = 600;

/** The error without kustomize's warnings, on one line. */
function lastWords(errors: string): string {
  const lines = errors.split('\n').map((line) => plainLine(line.trim()));
  const telling = lines.filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('Warning:'));
  const reason = telling.join(' ').replace(/^(error|Error): /, '');
  return reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}…` : reason;
}

/** kubectl logs its errors: `E1121 15:11:31.093129   32642 run.go:72] "command failed" err="no such file"`. */
const LOGGED = /^E\d{4} [\d:.]+ +\d+ [^ ]+\] "[^"]*" err=("(?:[^"\\]|\\.)*")$/;

function plainLine(line: string): string {
  const quoted = LOGGED.exec(line)?.[1];
  if (quoted === undefined) return line;
  try {
    return String(JSON.parse(quoted));
  } catch {
    return line;
  }
}
