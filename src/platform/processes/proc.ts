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

/** True where it was started with this in its environment, and we may look. */
export function hasInEnvironment(pid: number, text: string): boolean {
  return read(pid, 'environ')?.split('\0').includes(text) === true;
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
