/**
 * Gives memory back when the platform comes to rest. V8 drops what is dead once it needs room for something new, and who
 * rests needs none: what the last work left would stay for as long as nothing happens.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface RestParts {
  /** What the process has used of the CPU so far, in milliseconds. */
  usedMs(): number;
  /** Drops all that is dead, and gives its room back; it takes some tenths of a second. */
  collect(): void;
  /** Calls back again and again; the result ends that. */
  every(milliseconds: number, callback: () => void): () => void;
}

const LOOK_MS = 5_000;
/** Of the CPU between two looks: who uses less rests. */
const REST_MS = 150;
/** Who has worked less than that since the last time has left little. What is done at rest does not count: it never ends. */
const WORK_MS = 1_500;

/** @returns ends it */
export function giveBackAtRest(parts: RestParts = ofThisProcess): () => void {
  let last = parts.usedMs();
  let worked = 0;
  return parts.every(LOOK_MS, () => {
    const used = parts.usedMs() - last;
    last += used;
    if (used >= REST_MS) worked += used;
    else if (worked >= WORK_MS) {
      parts.collect();
      last = parts.usedMs();
      worked = 0;
    }
  });
}

const ofThisProcess: RestParts = {
  usedMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  collect: () => collector()?.({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
  every(milliseconds, callback) {
    const timer = setInterval(callback, milliseconds).unref();
    return () => clearInterval(timer);
  },
};

let known: ((options: object) => void) | undefined;

/** V8's own, which a process has that was started with --expose-gc; a flag that is set later counts for new contexts. */
function collector(): typeof known {
  if (known !== undefined) return known;
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  if (isCollector(found)) known = found;
  return known;
}

function isCollector(value: unknown): value is (options: object) => void {
  return typeof value === 'function';
}
