/** Puts the parts together: one guardian, one record and one watch over memory for all programs of a platform. */
import type { Log } from '../../kubernetes/log.ts';
import { environmentFor } from './environment.ts';
import { type Group, startGroup } from './group.ts';
import { postGuardian } from './guardian.ts';
import { MemoryWatch } from './memory.ts';
import { type Processes, StartProblem } from './processes.ts';
import { killMarked, openRecords } from './records.ts';
import { usageOf } from './usage.ts';

export interface ProcessesOptions {
  /** Absolute: for the record of what runs; made where it is missing. */
  readonly folder: string;
  readonly log: Log;
  /** Of the platform: process.env. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Ends what an earlier platform of the folder left running, and takes over.
 *
 * @example
 * const processes = startProcesses({ folder: '.weir/processes', log, environment: process.env });
 * const server = await processes.start({ command: ['node', 'server.js'], cwd: '/shop', env: { PORT: '20001' }, output });
 * await server.end(30_000);
 * @throws where the folder cannot be written
 */
export function startProcesses({ folder, log, environment }: ProcessesOptions): Processes {
  const records = openRecords(folder);
  const guardian = postGuardian(records.mark, log);
  const memory = new MemoryWatch();
  const groups = new Map<number, Group>();
  let isStopping = false;

  return {
    async start(options) {
      if (isStopping) {
        options.output.close();
        throw new StartProblem('the platform is stopping');
      }
      const group = await startGroup(options, {
        env: environmentFor(options.env, environment, records.mark),
        searched: environment.PATH ?? '',
        onStart(pid) {
          guardian.watch(pid);
          records.add(pid);
        },
        onEnd(pid) {
          guardian.forget(pid);
          records.remove(pid);
        },
        watchMemory: (pid, limit, onOver) => memory.add({ pid, limit, onOver }),
      });
      groups.set(group.pid, group);
      void group.exited.then(() => groups.delete(group.pid));
      if (isStopping) void group.end(0);
      return group;
    },

    usage: usageOf,

    async stop(withinMs) {
      isStopping = true;
      await Promise.all([...groups.values()].map((group) => group.end(withinMs)));
      killMarked(records.mark);
      guardian.dismiss();
    },
  };
}
