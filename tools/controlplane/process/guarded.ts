import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

const GUARD = path.join(import.meta.dirname, 'guard.sh');
const TAIL_LINES = 15;

export interface GuardedOptions {
  /** What messages call it, such as `kube-apiserver`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output and standard error are appended to this file. */
  readonly log: string;
}

/** A program that ends with this process, however this process ends: see guard.sh. */
export interface Guarded {
  readonly name: string;
  /** How it ended: `code 1`, `signal SIGKILL`; undefined while it runs. */
  ended(): string | undefined;
  /** Ends it by SIGTERM, after `graceSeconds` by SIGKILL. Resolves when it is gone. */
  stop(graceSeconds?: number): Promise<void>;
  /** Ends it by SIGKILL, as a crash would. Resolves when it is gone. */
  kill(): Promise<void>;
  /** The last lines of its log. */
  tail(): string;
}

/** Starts the program. It is in a process group of its own, so that a terminal's Ctrl-C reaches this process first. */
export function startGuarded({ name, command, args, env, log }: GuardedOptions): Guarded {
  const output = openSync(log, 'a');
  const child = spawn('/bin/sh', [GUARD, command, ...args], {
    detached: true,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['pipe', output, output],
  });
  closeSync(output);
  letGo(child);

  let how: string | undefined;
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      how = error.message;
      resolve();
    });
    child.once('exit', (code, signal) => {
      how = signal === null ? `code ${code}` : `signal ${signal}`;
      resolve();
    });
  });

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (how === undefined) child.kill(signal);
    child.ref(); // else whoever waits for the end may find that nothing keeps the program alive
    await gone;
  }

  return {
    name,
    ended: () => how,
    kill: () => end('SIGUSR1'),
    async stop(graceSeconds = 10) {
      const impatient = setTimeout(() => child.kill('SIGUSR1'), graceSeconds * 1000);
      await end('SIGTERM');
      clearTimeout(impatient);
    },
    tail: () => lastLines(log),
  };
}

/** Removes a folder when this process has ended without having done it itself. */
export function removeLater(folder: string): void {
  const script = 'trap "" TERM INT HUP; read -r _; sleep 2; exec rm -rf -- "$1"';
  letGo(spawn('/bin/sh', ['-c', script, 'sh', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] }));
}

/** A child does not keep this process alive: it ends with it instead. */
function letGo(child: ChildProcess): void {
  child.unref();
  const { stdin } = child;
  if (stdin !== null && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  stdin?.on('error', () => {}); // the child may end first; nothing is ever written
}

function lastLines(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.slice(-TAIL_LINES).join('\n');
}
