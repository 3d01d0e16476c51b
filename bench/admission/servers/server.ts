/** Starts a server as a process of its own, on the first core where the system can pin it, and ends it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_SECONDS = 30;
const LEAVE_SECONDS = 10;

/** Whether what serves and what sends get a core each. */
export const isPinned = cpus().length > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;

export interface Server {
  readonly pid: number;
  readonly port: number;
  /** The file of what it writes. */
  readonly log: string;
  /** @throws where it has ended by itself */
  stop(): Promise<void>;
}

export interface Start {
  readonly name: string;
  readonly command: readonly string[];
  readonly port: number;
  /** A path that answers 200 once the server is ready; without one it is as soon as it listens. */
  readonly readyPath?: string;
  /** Where its output goes, `<name>.log`: a server is not to wait for a reader. */
  readonly folder: string;
}

export async function startServer({ name, command, port, folder, readyPath }: Start): Promise<Server> {
  const [program = '', ...args] = onCore(0, command);
  const file = join(folder, `${name.replaceAll(' ', '-')}.log`);
  const log = openSync(file, 'w');
  const child = spawn(program, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);

  const failure = new Promise<never>((_, fail) => {
    child.on('error', (error) => fail(new Error(`${name} does not start: ${error.message}`)));
    child.on('exit', (code) =>
      fail(new Error(`${name} ended with ${code}: ${readFileSync(file, 'utf8').slice(-2000)}`)),
    );
  });
  failure.catch(() => undefined);
  await Promise.race([failure, until(`${name} listens on port ${port}`, () => isListening(port))]);
  if (readyPath !== undefined) {
    await Promise.race([failure, until(`${name} is ready`, () => isReady(port, readyPath))]);
  }
  return {
    pid: child.pid ?? 0,
    port,
    log: file,
    stop: async () => {
      process.off('exit', kill);
      if (hasEnded(child)) await failure;
      await stop(child);
    },
  };
}

export function onCore(core: number, command: readonly string[]): readonly string[] {
  return isPinned ? ['taskset', '-c', String(core), ...command] : command;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + READY_SECONDS * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not so after ${READY_SECONDS} s: ${what}`);
    await sleep(50);
  }
}

function isReady(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    // its certificate is of the bench's own making
    const request = get({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
    });
    request.on('error', () => resolve(false));
  });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), LEAVE_SECONDS * 1000);
  await ended;
  clearTimeout(timer);
}
