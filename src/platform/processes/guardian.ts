/**
 * A small process that outlives the platform, whatever ends it, for as long as it takes to end what the platform
 * started. It hears of groups through a pipe; when the pipe closes without a goodbye, the platform is gone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Log } from '../../kubernetes/log.ts';
import { MARK } from './environment.ts';
import { startOf } from './proc.ts';

export interface Guardian {
  readonly pid: number | undefined;
  watch(pid: number): void;
  forget(pid: number): void;
  /** Nothing runs any more. */
  dismiss(): void;
}

/** How soon another takes the place of one that was ended. */
const AGAIN_MS = 200;

/** How long programs have to end once the platform is gone. */
const GRACE_MS = 3_000;

/** @param mark of this start: the last sweep ends whatever carries it, and no more */
export function postGuardian(mark: string, log: Log, graceMs: number = GRACE_MS): Guardian {
  return new Posted(mark, log, graceMs);
}

class Posted implements Guardian {
  readonly #mark: string;
  readonly #log: Log;
  readonly #graceMs: number;
  readonly #groups = new Map<number, string>();
  #child: ChildProcess | undefined;
  #isDismissed = false;

  constructor(mark: string, log: Log, graceMs: number) {
    this.#mark = mark;
    this.#log = log;
    this.#graceMs = graceMs;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  watch(pid: number): void {
    const line = `+ ${pid} ${startOf(pid) ?? ''}\n`;
    this.#groups.set(pid, line);
    if (this.#child === undefined) this.#post();
    else this.#tell(line);
  }

  forget(pid: number): void {
    if (this.#groups.delete(pid)) this.#tell(`- ${pid}\n`);
  }

  dismiss(): void {
    this.#isDismissed = true;
    this.#child?.stdin?.end('. 0\n');
    this.#child = undefined;
  }

  #tell(line: string): void {
    this.#child?.stdin?.write(line);
  }

  #post(): void {
    const flags = ['--max-old-space-size=16', '--max-semi-space-size=1'];
    const words = [`${MARK}=${this.#mark}`, String(this.#graceMs)];
    const child = spawn(process.execPath, [...flags, '--eval', `(${guard})()`, '--', ...words], {
      // in a session of its own: what the terminal or a group is sent does not reach it
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {},
      cwd: '/',
    });
    child.stdin?.on('error', () => {}); // it ended; the exit says so
    child.once('error', (err) => this.#lost(child, err));
    child.once('exit', () => this.#lost(child, undefined));
    child.unref();
    this.#child = child;
    for (const line of this.#groups.values()) this.#tell(line);
  }

  #lost(child: ChildProcess, err: Error | undefined): void {
    if (this.#isDismissed || this.#child !== child) return;
    this.#child = undefined;
    this.#log.warn({ err }, 'the guardian of processes ended, and another takes its place');
    setTimeout(() => {
      if (!this.#isDismissed && this.#child === undefined && this.#groups.size > 0) this.#post();
    }, AGAIN_MS).unref();
  }
}

/** Runs in the guardian's process, as text: it may use nothing from outside of itself. */
function guard(): void {
  const { readFileSync, readdirSync } = process.getBuiltinModule('node:fs');
  const [mark = '', graceMs = ''] = process.argv.slice(-2);
  const LOOK_MS = 50;
  const groups = new Map<number, string>();
  let rest = '';
  let isDismissed = false;
  process.title = `weir-guardian ${mark}`;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

  function read(file: string): string {
    try {
      return readFileSync(file, 'latin1');
    } catch {
      return '';
    }
  }

  function kill(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
    try {
      process.kill(pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  /** The fields behind the name: the state is the first, the group the third, the start the twentieth. */
  function statOf(pid: number | string): string[] {
    const stat = read(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  }

  /** A group whose number went to somebody else is no business of ours. */
  function isOurs([pid, start]: [number, string]): boolean {
    const { 19: found = '' } = statOf(pid);
    return found === '' || start === '' || found === start;
  }

  function pids(): string[] {
    try {
      return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    } catch {
      return [];
    }
  }

  /** Of these groups those in which something runs. What only ended does not count: who adopted it may never wait for it. */
  function running(asked: number[]): number[] {
    const there = asked.filter((pid) => kill(-pid, 0));
    const stats = there.length === 0 ? [] : pids().map(statOf);
    if (stats.length === 0) return there;
    const live = new Set(stats.filter(([state]) => state !== 'Z').map(([, , group]) => group));
    return there.filter((pid) => live.has(String(pid)));
  }

  function finish(): void {
    if (isDismissed) process.exit(0);
    isDismissed = true;
    const ours = [...groups].filter(isOurs);
    let left = ours.map(([pid]) => pid);
    for (const pid of left) kill(-pid, 'SIGTERM');
    const end = Date.now() + Number(graceMs);
    const look = (): void => {
      left = running(left);
      if (left.length > 0 && Date.now() < end) {
        setTimeout(look, LOOK_MS);
        return;
      }
      for (const [pid] of ours.filter(isOurs)) kill(-pid, 'SIGKILL');
      for (const pid of pids()) {
        if (read(`/proc/${pid}/environ`).split('\0').includes(mark)) kill(Number(pid), 'SIGKILL');
      }
      process.exit(0);
    };
    look();
  }

  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk) => {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [what, pid = '', start = ''] = line.split(' ');
      if (what === '+') groups.set(Number(pid), start);
      else if (what === '-') groups.delete(Number(pid));
      else isDismissed = true;
    }
  });
  process.stdin.once('end', finish);
  process.stdin.once('error', finish);
}
