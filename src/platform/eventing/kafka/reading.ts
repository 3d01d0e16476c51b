/** One membership of a group from its beginning to its end: reads, delivers, and writes down what is done. */
import { type Clock, pause } from '../../../kubernetes/clock.ts';
import type { Log } from '../../../kubernetes/log.ts';
import { type Member, OutOfRange } from './member.ts';
import { PartitionQueue } from './partition.ts';
import { type Place, placeKey, type ReadRecord } from './record.ts';

export interface ReadingOptions {
  /** Of a partition of which the group has written down nothing. */
  readonly initialOffset: 'earliest' | 'latest';
  readonly isOrdered: boolean;
  deliver(record: ReadRecord, signal: AbortSignal): Promise<boolean>;
  /** It knows what it reads, and where it goes on; what the group had not written down is by now. */
  onReading(): void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Records that were delivered in the last of them are delivered again after a crash. */
const COMMIT_MS = 200;

/** Why a reading ended: `changed` asks for another at once, since a topic has other partitions now. */
export type Ended = 'stopped' | 'changed';

export class Reading {
  readonly #member: Member;
  readonly #options: ReadingOptions;
  readonly #partitions = new Map<string, PartitionQueue>();
  readonly #ended = Promise.withResolvers<Ended>();
  readonly #fetching = new Set<number>();
  readonly #ending = new AbortController();
  /** Assignments come one after another, also while the offsets of one are asked for. */
  #assigning: Promise<void> = Promise.resolve();
  #isPumping = false;
  #isToPumpAgain = false;

  constructor(member: Member, options: ReadingOptions) {
    this.#member = member;
    this.#options = options;
  }

  /**
   * Until it is stopped. The member is left open.
   *
   * @param drainMs how long what is under way has then
   * @throws what went wrong with Kafka
   */
  async run(signal: AbortSignal, drainMs: () => number): Promise<Ended> {
    const onAbort = (): void => this.#ended.resolve('stopped');
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      const joined = this.#member
        .join({
          assigned: (places) => {
            this.#assigning = this.#assigning.then(() => this.#assign(places)).catch((error) => this.#fail(error));
          },
          failed: (error) => this.#fail(error),
        })
        .catch((error: unknown) => this.#fail(error));
      void joined.then(() => this.#commitAgainAndAgain());
      return await this.#ended.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      await this.#drain(signal.aborted ? drainMs() : 0);
      this.#ending.abort();
    }
  }

  async #assign(places: readonly Place[]): Promise<void> {
    if (this.#ending.signal.aborted) return;
    const wanted = new Map(places.map((place) => [placeKey(place), place]));
    for (const [key, partition] of this.#partitions) {
      if (wanted.has(key)) continue;
      partition.stop();
      this.#partitions.delete(key);
    }
    const added = [...wanted].filter(([key]) => !this.#partitions.has(key));
    const offsets = await this.#member.offsetsOf(added.map(([, place]) => place));
    for (const [key, place] of added) {
      const known = offsets.get(key);
      if (known === undefined) continue;
      const { initialOffset, log } = this.#options;
      const begin = known.committed ?? known[initialOffset];
      const position = within(begin, known);
      if (position !== begin) log.warn({ ...place }, gone(place, begin, position));
      this.#partitions.set(key, this.#queueOf(place, position, known.committed));
    }
    // from now on nothing is missed that comes while nobody reads
    await this.#commit();
    this.#options.onReading();
    this.#pump();
  }

  #queueOf(place: Place, position: bigint, committed: bigint | undefined): PartitionQueue {
    const { isOrdered, deliver } = this.#options;
    return new PartitionQueue(place, position, committed, {
      isOrdered,
      deliver,
      onRoom: () => this.#pump(),
      onFailed: (error) => this.#fail(error),
    });
  }

  /** Asks each server that is not asked already for what there is room for. */
  #pump(): void {
    if (this.#isPumping) {
      this.#isToPumpAgain = true;
      return;
    }
    this.#isPumping = true;
    this.#ask()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isPumping = false;
        if (!this.#isToPumpAgain) return;
        this.#isToPumpAgain = false;
        this.#pump();
      });
  }

  async #ask(): Promise<void> {
    const open = [...this.#partitions.values()].filter(({ isFull }) => !isFull);
    if (open.length === 0 || this.#ending.signal.aborted) return;
    const leaders = await this.#member.leadersOf(open.map(({ place }) => place));
    if (leaders === undefined) {
      this.#ended.resolve('changed');
      return;
    }
    for (const [leader, places] of leaders) {
      if (this.#fetching.has(leader) || this.#ending.signal.aborted) continue;
      this.#fetching.add(leader);
      this.#fetch(leader, places)
        .catch((error: unknown) => this.#fail(error))
        .finally(() => {
          this.#fetching.delete(leader);
          this.#pump();
        });
    }
  }

  async #fetch(leader: number, places: readonly Place[]): Promise<void> {
    const asked = places.flatMap((place) => this.#partitions.get(placeKey(place)) ?? []);
    const wanted = asked.map((partition) => ({ ...partition.place, offset: partition.position }));
    if (wanted.length === 0) return;
    try {
      for (const { records, next, ...place } of await this.#member.fetch(leader, wanted)) {
        const partition = this.#partitions.get(placeKey(place));
        // it may have gone meanwhile, and come back
        if (partition !== undefined && asked.includes(partition)) partition.offer(records, next);
      }
    } catch (error) {
      if (!(error instanceof OutOfRange)) throw error;
      await this.#moveInto(asked);
    }
  }

  /** Records are there for a while alone, and a topic may have been made anew. */
  async #moveInto(asked: readonly PartitionQueue[]): Promise<void> {
    const offsets = await this.#member.offsetsOf(asked.map(({ place }) => place));
    for (const partition of asked) {
      const { place, position } = partition;
      const known = offsets.get(placeKey(place));
      if (known === undefined) continue;
      const moved = within(position, known);
      if (moved === position) continue;
      partition.moveTo(moved);
      this.#options.log.warn({ ...place }, gone(place, position, moved));
    }
  }

  async #commitAgainAndAgain(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#ending.signal.aborted) {
      await pause(clock, COMMIT_MS, this.#ending.signal);
      if (this.#ending.signal.aborted) return;
      try {
        await this.#commit();
      } catch (error) {
        this.#fail(error);
        return;
      }
    }
  }

  async #commit(): Promise<void> {
    const offsets = [...this.#partitions.values()].flatMap((partition) => {
      const offset = partition.toCommit();
      return offset === undefined ? [] : [{ ...partition.place, offset }];
    });
    if (offsets.length === 0) return;
    await this.#member.commit(offsets);
    for (const { offset, ...place } of offsets) this.#partitions.get(placeKey(place))?.committed(offset);
  }

  /** Writes down what was done, at the latest when the milliseconds are over. */
  async #drain(withinMs: number): Promise<void> {
    this.#ending.abort();
    const all = [...this.#partitions.values()];
    for (const partition of all) partition.pause();
    if (withinMs > 0) {
      const over = new AbortController();
      const settled = Promise.all(all.map((partition) => partition.settled())).then(() => over.abort());
      await Promise.race([settled, pause(this.#options.clock, withinMs, over.signal)]);
      // a Kafka that is gone is what it may have ended of
      await this.#commit().catch(() => {});
    }
    for (const partition of all) partition.stop();
  }

  #fail(error: unknown): void {
    this.#ended.reject(error);
  }
}

/** The nearest that is to be had without leaving anything out: beyond the end, the topic was made anew. */
function within(offset: bigint, { earliest, latest }: { readonly earliest: bigint; readonly latest: bigint }): bigint {
  return offset < earliest || offset > latest ? earliest : offset;
}

function gone({ topic, partition }: Place, was: bigint, is: bigint): string {
  return `of partition ${partition} of topic ${topic}, offset ${was} is not there any more, or not yet: reading on from ${is}`;
}
