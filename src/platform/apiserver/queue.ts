/** What is to be looked at, each thing once at a time, and again with growing pauses where that failed. */
import type { Clock } from '../../kubernetes/clock.ts';

const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 60_000;

export interface WorkQueue {
  /** The thing is looked at soon; where somebody looks at it now, once more after that. */
  add(id: string): void;
  /** Soon after that time; where it is to be looked at earlier already, then. */
  addAfter(id: string, milliseconds: number): void;
  /** Resolves when nothing is left that could be done at once. */
  idle(): Promise<void>;
  stop(): void;
}

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Gives the milliseconds after which it should be looked at again, where it should. */
  readonly work: (id: string) => Promise<number | undefined>;
  /** Takes what the work threw; it is tried again. */
  readonly failed: (id: string, error: unknown) => void;
  /** How many things are looked at side by side. */
  readonly workers: number;
}

export function workQueue({ clock, work, failed, workers }: WorkQueueOptions): WorkQueue {
  const waiting = new Set<string>();
  const busy = new Set<string>();
  const failures = new Map<string, number>();
  const timers = new Map<string, { readonly at: number; readonly callOff: () => void }>();
  let idlers: (() => void)[] = [];
  let isStopped = false;

  function add(id: string): void {
    if (isStopped) return;
    waiting.add(id);
    // not now: the write that led here has not been answered yet
    queueMicrotask(pump);
  }

  function addAfter(id: string, milliseconds: number): void {
    if (isStopped) return;
    const at = clock.now().getTime() + milliseconds;
    const other = timers.get(id);
    if (other !== undefined && other.at <= at) return;
    other?.callOff();
    const callOff = clock.after(milliseconds, () => {
      timers.delete(id);
      add(id);
    });
    timers.set(id, { at, callOff });
  }

  function pump(): void {
    for (const id of waiting) {
      if (isStopped || busy.size >= workers) break;
      if (busy.has(id)) continue;
      waiting.delete(id);
      busy.add(id);
      void one(id);
    }
    if (busy.size > 0 || (waiting.size > 0 && !isStopped)) return;
    for (const idler of idlers.splice(0)) idler();
  }

  async function one(id: string): Promise<void> {
    try {
      const again = await work(id);
      failures.delete(id);
      if (again !== undefined) addAfter(id, again);
    } catch (error) {
      const count = failures.get(id) ?? 0;
      failures.set(id, count + 1);
      if (!isStopped) failed(id, error);
      addAfter(id, Math.min(FIRST_PAUSE * 2 ** Math.min(count, 20), LONGEST_PAUSE));
    }
    busy.delete(id);
    pump();
  }

  return {
    add,
    addAfter,
    idle() {
      return new Promise((resolve) => {
        idlers.push(resolve);
        queueMicrotask(pump);
      });
    },
    stop() {
      isStopped = true;
      waiting.clear();
      for (const { callOff } of timers.values()) callOff();
      timers.clear();
      const left = idlers;
      idlers = [];
      for (const idler of left) idler();
    },
  };
}
