/** Both servers as processes of the same kind, on the same cores. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { cpuSeconds, residentMiB } from '../../admission/servers/figures.ts';
import { firstLine } from '../../firstLine.ts';

export interface Contender {
  readonly name: string;
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  /** From the start of its first program until it said that it is ready. */
  readonly startMilliseconds: number;
  /** Of all its programs. */
  cpuSeconds(): number;
  residentMiB(): number;
  stop(): Promise<void>;
}

export interface ContenderOptions {
  readonly name: string;
  /** A program and its arguments. */
  readonly command: readonly string[];
}

/** With two cores or more, the servers have the last one and the load has the others. */
export const isPinned = cpus().length > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;

export async function startContender({ name, command }: ContenderOptions): Promise<Contender> {
  const pinned = isPinned ? ['taskset', '-c', String(cpus().length - 1), ...command] : command;
  const [program = '', ...args] = pinned;
  const began = performance.now();
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await firstLine(child, name);
  const elapsed = performance.now() - began;
  const { server, ca, token, milliseconds } = JSON.parse(line);
  const pids = () => [child.pid ?? 0, ...descendantsOf(child.pid ?? 0)];
  return {
    name,
    server,
    ca,
    token,
    startMilliseconds: milliseconds ?? elapsed,
    cpuSeconds: () => sum(pids().map(cpuSeconds)),
    residentMiB: () => sum(pids().map(residentMiB)),
    stop: async () => {
      child.stdin?.end();
      await once(child, 'exit');
    },
  };
}

function descendantsOf(parent: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const above = parentOf(pid);
    if (above !== undefined) children.set(above, [...(children.get(above) ?? []), pid]);
  }
  const found: number[] = [];
  const waiting = [parent];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    for (const child of children.get(pid) ?? []) {
      found.push(child);
      waiting.push(child);
    }
  }
  return found;
}

/** Undefined for a process that has ended meanwhile. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
