/** The records of one partition: what waits, what is being delivered, and how far everything is done. */
import { bytesOf, type Place, type ReadRecord } from './record.ts';

export interface PartitionOptions {
  /** One after another; otherwise as many at once as may be. */
  readonly isOrdered: boolean;
  /** Resolves with true when it is done, whatever became of it. @param signal ends it */
  deliver(record: ReadRecord, signal: AbortSignal): Promise<boolean>;
  /** There is room again. */
  onRoom(): void;
  onFailed(error: unknown): void;
}

/** Of a partition, that wait. */
const MOST_RECORDS = 256;
const MOST_BYTES = 2 * 1024 * 1024;
const MOST_AT_ONCE = 100;

export class PartitionQueue {
  readonly place: Place;
  /** The next to be read. */
  #position: bigint;
  /** What the group has written down; undefined where nothing is. */
  #committed: bigint | undefined;
  #waiting: ReadRecord[] = [];
  #bytes = 0;
  readonly #running = new Map<bigint, Promise<void>>();
  readonly #options: PartitionOptions;
  readonly #ending = new AbortController();
  #isPaused = false;

  constructor(place: Place, position: bigint, committed: bigint | undefined, options: PartitionOptions) {
    this.place = place;
    this.#position = position;
    this.#committed = committed;
    this.#options = options;
  }

  get position(): bigint {
    return this.#position;
  }

  get isFull(): boolean {
    return this.#waiting.length >= MOST_RECORDS || this.#bytes >= MOST_BYTES;
  }

  /** What was read from its position on. */
  offer(records: readonly ReadRecord[], next: bigint): void {
    for (const record of records) {
      if (record.offset < this.#position) continue;
      this.#waiting.push(record);
      this.#bytes += bytesOf(record);
    }
    if (next > this.#position) this.#position = next;
    this.#run();
  }

  /** Where to read on, where what comes next is not to be had. Nothing waits then. */
  moveTo(position: bigint): void {
    this.#position = position;
  }

  /** What is to be written down: everything before it is done. Undefined where that stands there already. */
  toCommit(): bigint | undefined {
    let done = this.#waiting[0]?.offset ?? this.#position;
    for (const offset of this.#running.keys()) if (offset < done) done = offset;
    return done === this.#committed ? undefined : done;
  }

  committed(offset: bigint): void {
    this.#committed = offset;
  }

  /** Begins nothing new. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** What is under way is ended, and is not done. */
  stop(): void {
    this.#isPaused = true;
    this.#waiting = [];
    this.#ending.abort();
  }

  #run(): void {
    const { isOrdered } = this.#options;
    while (!this.#isPaused && this.#running.size < (isOrdered ? 1 : MOST_AT_ONCE)) {
      const wasFull = this.isFull;
      const record = this.#waiting.shift();
      if (record === undefined) return;
      this.#bytes -= bytesOf(record);
      this.#running.set(record.offset, this.#deliver(record));
      if (wasFull && !this.isFull) this.#options.onRoom();
    }
  }

  async #deliver(record: ReadRecord): Promise<void> {
    try {
      const isDone = await this.#options.deliver(record, this.#ending.signal);
      // what is not done stays where it is: nothing beyond it is written down
      if (!isDone) return this.pause();
      this.#running.delete(record.offset);
      this.#run();
    } catch (error) {
      this.pause();
      this.#options.onFailed(error);
    }
  }
}
