/** What Pods use, of the processes that their containers have now. */
import type { Processes } from '../../src/platform/processes/processes.ts';
import type { ContainerUsage } from './door.ts';
import type { Runs } from './runs.ts';

/** A Pod of which something is not known is not there: the rest of it would be taken for the whole. */
export function usageIn(
  runs: Runs,
  uids: Iterable<string>,
  processes: Pick<Processes, 'usage'>,
): ReadonlyMap<string, readonly ContainerUsage[]> {
  const running = [...uids].map((uid) => [uid, runs.withUid(uid)?.processes() ?? []] as const);
  const usage = processes.usage(new Set(running.flatMap(([, all]) => all.map(({ pid }) => pid))));
  const found = new Map<string, readonly ContainerUsage[]>();
  for (const [uid, all] of running) {
    const known = all.flatMap(({ name, pid }) => {
      const used = usage.get(pid);
      return used === undefined ? [] : [{ name, pid, ...used }];
    });
    if (known.length > 0 && known.length === all.length) found.set(uid, known);
  }
  return found;
}
