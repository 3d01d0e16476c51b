/** What /proc tells of processes; on a system without one, nothing is known. */
import { readdirSync, readFileSync } from 'node:fs';

/** When it was started, in the system's own count; undefined where it is gone or nobody can say. */
export function startOf(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

/** The process group that it is in. */
export function groupOf(pid: number): number | undefined {
  const group = statOf(pid)?.[2];
  return group === undefined ? undefined : Number(group);
}

/** In a second, as /proc counts: USER_HZ, which no Linux of today has otherwise. */
const TICKS = 100;

/** Its process group, and the CPU time of itself and of those of its children that ended, in seconds. */
export function timesOf(pid: number): { readonly group: number; readonly cpuSeconds: number } | undefined {
  const fields = statOf(pid);
  if (fields === undefined) return undefined;
  // utime, stime, cutime and cstime
  const ticks = fields.slice(11, 15).reduce((total, each) => total + Number(each), 0);
  return Number.isFinite(ticks) ? { group: Number(fields[2]), cpuSeconds: ticks / TICKS } : undefined;
}

/** The fields behind the name, which may hold anything: the state is the first (proc_pid_stat(5)). */
function statOf(pid: number): string[] | undefined {
  const text = read(pid, 'stat');
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** What is its own, in bytes: neither its code nor files that it maps, of which many may share one copy. */
export function memoryOf(pid: number): number {
  const text = read(pid, 'status') ?? '';
  let kilobytes = 0;
  for (const [, amount] of text.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)) kilobytes += Number(amount);
  return kilobytes * 1024;
}

/** True where it was started with a variable that begins so (`NAME=value`), and we may look. */
export function hasInEnvironment(pid: number, beginning: string): boolean {
  const variables = read(pid, 'environ')?.split('\0') ?? [];
  return variables.some((each) => each.startsWith(beginning));
}

/** Every process; none where there is no /proc. */
export function allProcesses(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined; // gone, or somebody else's
  }
}
