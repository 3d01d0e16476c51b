/** What groups use of CPU and memory, off /proc; nothing is known on a system without one. */
import { allProcesses, memoryOf, timesOf } from './proc.ts';

export interface Usage {
  /** Seconds that it has used since its begin, with what its processes were left by children that ended. */
  readonly cpuSeconds: number;
  /** Bytes. */
  readonly memory: number;
}

/** One look at all processes, however many groups are asked for. @param groups the pids of their first processes */
export function usageOf(groups: ReadonlySet<number>): ReadonlyMap<number, Usage> {
  const found = new Map<number, Usage>();
  if (groups.size === 0) return found;
  for (const pid of allProcesses()) {
    const times = timesOf(pid);
    if (times === undefined || !groups.has(times.group)) continue;
    const { cpuSeconds, memory } = found.get(times.group) ?? { cpuSeconds: 0, memory: 0 };
    found.set(times.group, { cpuSeconds: cpuSeconds + times.cpuSeconds, memory: memory + memoryOf(pid) });
  }
  return found;
}
