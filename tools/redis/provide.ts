/** A Redis on this machine: the program from PATH or out of Debian's package, and its process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { provideFromDebian } from '../debian/provide.ts';

export interface RedisProgram {
  readonly program: string;
  /** For LD_LIBRARY_PATH; empty where the system has them. */
  readonly libraries: string;
}

/** @throws with a sentence that says what to install */
export async function provideRedis(): Promise<RedisProgram> {
  const { folder, libraries } = await provideFromDebian({
    name: 'redis-server',
    programs: ['redis-server'],
    // the program itself is in redis-tools
    follow: /^(redis-tools$|lib|lua-)/,
    missing: 'Redis: put redis-server (6.2 or newer) on PATH, such as by: apt-get install redis-server',
  });
  return { program: path.join(folder, 'redis-server'), libraries };
}

export interface RedisOptions {
  readonly port: number;
  /** What it has said yes to is in there, also after a crash. */
  readonly folder: string;
  readonly stdio?: 'ignore' | 'inherit';
}

/** Starts it on the loopback interface. It ends with whoever started it, or before. */
export function startRedis({ program, libraries }: RedisProgram, options: RedisOptions): ChildProcess {
  const { port, folder, stdio = 'ignore' } = options;
  mkdirSync(folder, { recursive: true });
  const settings = { port: String(port), bind: '127.0.0.1', dir: folder, appendonly: 'yes', appendfsync: 'always' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return spawn(program, args, { stdio, env: { ...process.env, LD_LIBRARY_PATH: libraries } });
}

/** Whether it answers: PONG, and not that it is still reading its file. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', (data) => {
      resolve(data.toString() === '+PONG\r\n');
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
  });
}
