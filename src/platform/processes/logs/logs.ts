/**
 * What containers write, kept as container runtimes keep it: a file for each start of a container, a line with its time
 * each, bounded. Writer and readers are in one process, so that a reader that follows is told and does not look.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Clock, systemClock } from '../../../kubernetes/clock.ts';
import { type Log, SILENT } from '../../../kubernetes/log.ts';
import type { Output } from '../processes.ts';
import { LogFile } from './file.ts';
import { Flow } from './flow.ts';
import { type ReadOptions, readLog } from './read.ts';

export interface LogPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
  /** Which of its starts: 0 for the first. */
  readonly start: number;
}

export interface ContainerLogs {
  /** Takes what the container writes; the start before it is kept, and those before that one go. */
  open(place: LogPlace): Output;
  /** Undefined where nothing is kept of it. Ends with the container where it follows. */
  read(place: LogPlace, options: ReadOptions): AsyncIterable<Buffer> | undefined;
  /** Of a Pod that is gone. */
  remove(pod: Pick<LogPlace, 'namespace' | 'pod' | 'uid'>): void;
  /** Of Pods that are gone, by the uids of those that are there. */
  removeOthers(uids: ReadonlySet<string>): void;
}

export interface ContainerLogsOptions {
  /** Absolute. */
  readonly folder: string;
  readonly log?: Log;
  readonly clock?: Clock;
  /** Of each of the two files that are kept of a start, in bytes. */
  readonly mostBytes?: number;
}

export const MOST_BYTES = 10 * 1024 * 1024;
/** A start and the one before. */
const STARTS_KEPT = 2;

export function containerLogs(options: ContainerLogsOptions): ContainerLogs {
  const { folder, log = SILENT, clock = systemClock, mostBytes = MOST_BYTES } = options;
  const flow = new Flow(clock);
  const open = new Map<string, LogFile>();

  const folderOf = ({ namespace, pod, uid }: Pick<LogPlace, 'namespace' | 'pod' | 'uid'>): string =>
    path.join(folder, `${namespace}_${pod}_${uid}`);
  const fileOf = (place: LogPlace): string => path.join(folderOf(place), place.container, `${place.start}.log`);

  return {
    open(place) {
      const file = fileOf(place);
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      removeBefore(path.dirname(file), place.start - STARTS_KEPT + 1);
      const writer = new LogFile({
        file,
        mostBytes,
        clock,
        log,
        flow: flow.forOne(),
        onClose: () => open.delete(file),
      });
      open.set(file, writer);
      return writer;
    },

    read(place, readOptions) {
      const file = fileOf(place);
      return readLog(file, open.get(file), readOptions);
    },

    remove(pod) {
      rmSync(folderOf(pod), { recursive: true, force: true });
    },

    removeOthers(uids) {
      for (const name of namesIn(folder)) {
        if (uids.has(name.slice(name.lastIndexOf('_') + 1))) continue;
        rmSync(path.join(folder, name), { recursive: true, force: true });
      }
    },
  };
}

function removeBefore(folder: string, start: number): void {
  for (const name of namesIn(folder)) {
    if (Number.parseInt(name, 10) < start) rmSync(path.join(folder, name), { force: true });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // nothing was written yet
  }
}
