/** What Linux knows of a process. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICKS_A_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout || 100);
const KIB_A_MIB = 1024;

/** User and system time of all its threads so far. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // the name of the program, in brackets, may hold spaces
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

export function residentMiB(pid: number): number {
  return kibAt(pid, 'VmRSS') / KIB_A_MIB;
}

/** The most that it ever held. */
export function peakMiB(pid: number): number {
  return kibAt(pid, 'VmHWM') / KIB_A_MIB;
}

function kibAt(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
}
