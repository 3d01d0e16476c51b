/** One line of the log where many kinds have the same to tell: that no API server answers is no news of forty kinds. */

import type { Clock } from '../../src/kubernetes/clock.ts';
import type { Log } from '../../src/kubernetes/log.ts';

export interface GatheringLog extends Log {
  /** Tells what it still holds back. */
  flush(): void;
}

/** What is told within this of the first is one line. */
const GATHER_MS = 1_000;

interface Gathered {
  readonly level: 'info' | 'warn';
  readonly details: object;
  readonly before: string;
  readonly after: string;
  readonly names: string[];
}

/** Holds back for a second what a list-watch tells of its resource; everything else goes straight on. */
export function gathering(log: Log, clock: Clock): GatheringLog {
  const held = new Map<string, Gathered>();
  let callOff: () => void = () => {};

  function flush(): void {
    callOff();
    const lines = [...held.values()];
    held.clear();
    for (const { level, details, before, after, names } of lines) {
      log[level](names.length === 1 ? details : { resources: names.length }, before + names.sort().join(', ') + after);
    }
  }

  function hold(level: Gathered['level'], details: object, message: string): void {
    const name = 'resource' in details && typeof details.resource === 'string' ? details.resource : '';
    const start = name === '' ? -1 : message.indexOf(name);
    if (start < 0) {
      log[level](details, message);
      return;
    }
    const before = message.slice(0, start);
    const after = message.slice(start + name.length);
    const key = JSON.stringify([level, before, after]);
    const same = held.get(key);
    if (same !== undefined) {
      same.names.push(name);
      return;
    }
    if (held.size === 0) callOff = clock.after(GATHER_MS, flush);
    held.set(key, { level, details, before, after, names: [name] });
  }

  return {
    debug: (details, message) => log.debug(details, message),
    info: (details, message) => hold('info', details, message),
    warn: (details, message) => hold('warn', details, message),
    error: (details, message) => log.error(details, message),
    flush,
  };
}
