/**
 * Which groups run, on disk: a platform that was killed together with its guardian leaves them here, and the next one
 * ends them before it starts anything. A process is only ever killed where its number and the time of its start fit, or
 * where it carries this platform's mark, so that no stranger is.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MARK } from './environment.ts';
import { allProcesses, hasInEnvironment, startOf } from './proc.ts';

export interface Records {
  /**
   * Of this start: the folder's mark, and behind it what no other start has. The guardian of a platform that was killed
   * may still be at work when the next one starts programs; it knows its own by this.
   */
  readonly mark: string;
  add(pid: number): void;
  remove(pid: number): void;
}

/** How far the time that `ps` names, in whole seconds, may be from the one that was noted. */
const TOLERANCE_MS = 3_000;

/** Ends what an earlier platform of the folder left. @throws where the folder cannot be written */
export function openRecords(folder: string): Records {
  const running = path.join(folder, 'running');
  mkdirSync(running, { recursive: true, mode: 0o700 });
  const ofFolder = markIn(folder);
  for (const name of readdirSync(running)) {
    const file = path.join(running, name);
    const pid = Number(name);
    if (Number.isInteger(pid) && pid > 1 && isTheSame(pid, textOf(file))) killGroup(pid, 'SIGKILL');
    rmSync(file, { force: true, recursive: true });
  }
  killMarked(ofFolder);
  return {
    mark: `${ofFolder}-${randomBytes(4).toString('hex')}`,
    add(pid) {
      writeFileSync(path.join(running, String(pid)), startOf(pid) ?? new Date().toISOString());
    },
    remove(pid) {
      rmSync(path.join(running, String(pid)), { force: true });
    },
  };
}

function markIn(folder: string): string {
  const file = path.join(folder, 'mark');
  const known = textOf(file);
  if (/^[0-9a-f]{32}$/.test(known)) return known;
  const mark = randomBytes(16).toString('hex');
  writeFileSync(file, mark, { mode: 0o600 });
  return mark;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isTheSame(pid: number, noted: string): boolean {
  if (noted === '') return false;
  const start = startOf(pid);
  if (start !== undefined) return start === noted;
  const since = Date.parse(startedByPs(pid));
  return Math.abs(since - Date.parse(noted)) < TOLERANCE_MS;
}

/** Empty where it is gone. */
function startedByPs(pid: number): string {
  if (process.platform === 'linux') return '';
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim();
  } catch {
    return '';
  }
}

/** What left its group is known by its environment. @param mark of one start, or of the folder for those of all starts */
export function killMarked(mark: string): void {
  for (const pid of allProcesses()) {
    if (pid !== process.pid && hasInEnvironment(pid, `${MARK}=${mark}`)) kill(pid, 'SIGKILL');
  }
}

/** @returns whether there is such a group */
export function killGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  return kill(-pid, signal);
}

function kill(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
