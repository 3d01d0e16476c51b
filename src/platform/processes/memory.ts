/** Watches what groups hold of memory, as long as there is one with a limit. */
import { allProcesses, groupOf, memoryOf } from './proc.ts';

/** A group's first process is looked at this often, and all of them in every so manieth look. */
const LOOK_MS = 500;
const WHOLE_EVERY = 4;

export interface Watched {
  readonly pid: number;
  /** In bytes. */
  readonly limit: number;
  onOver(): void;
}

export class MemoryWatch {
  readonly #groups = new Map<number, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;

  add(watched: Watched): () => void {
    this.#groups.set(watched.pid, watched);
    this.#timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    return () => this.#remove(watched);
  }

  look(): void {
    const isWhole = ++this.#looks % WHOLE_EVERY === 0;
    const held = isWhole ? this.#byGroup() : new Map([...this.#groups.keys()].map((pid) => [pid, memoryOf(pid)]));
    for (const watched of [...this.#groups.values()]) {
      if ((held.get(watched.pid) ?? 0) <= watched.limit) continue;
      this.#remove(watched);
      watched.onOver();
    }
  }

  #byGroup(): Map<number, number> {
    const held = new Map<number, number>();
    for (const pid of allProcesses()) {
      const group = groupOf(pid);
      if (group === undefined || !this.#groups.has(group)) continue;
      held.set(group, (held.get(group) ?? 0) + memoryOf(pid));
    }
    return held;
  }

  #remove({ pid }: Watched): void {
    this.#groups.delete(pid);
    if (this.#groups.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
