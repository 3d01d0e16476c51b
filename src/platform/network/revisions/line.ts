/** Those who wait in the activator: first come, first served, and first of all who comes back from an instance. */
import type { Memory } from './memory.ts';
import type { Ticket } from './ticket.ts';

export class Line {
  readonly #memory: Memory;
  readonly #waiting = new Set<Ticket>();
  readonly #returned = new Set<Ticket>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  get size(): number {
    return this.#waiting.size + this.#returned.size;
  }

  get first(): Ticket | undefined {
    const [first] = this.#returned.size > 0 ? this.#returned : this.#waiting;
    return first;
  }

  all(): Ticket[] {
    return [...this.#returned, ...this.#waiting];
  }

  /** All that waits on this machine leaves room for it. */
  hasRoomFor({ weight }: Ticket): boolean {
    return this.#memory.has(weight);
  }

  /** @param isReturned from an instance that took no connection or broke it */
  add(ticket: Ticket, isReturned: boolean): void {
    this.#memory.take(ticket.weight);
    (isReturned ? this.#returned : this.#waiting).add(ticket);
  }

  delete(ticket: Ticket): void {
    if (this.#waiting.delete(ticket) || this.#returned.delete(ticket)) this.#memory.give(ticket.weight);
  }
}
