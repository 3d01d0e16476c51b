/** One membership of a group from its beginning to its end: reads, delivers, and writes down what is done. */
import { type Clock, pause } from '../../../kubernetes/clock.ts';
import type { Log } from '../../../kubernetes/log.ts';
import { type BeginningOf, type Beginnings, writeBeginnings } from './beginnings.ts';
import type { Fetched } from './fetched.ts';
import { type Member, NO_LEADER } from './member.ts';
import type { Offsets } from './offsets.ts';
import { PartitionQueue } from './partition.ts';
import { commitAll, movedText, nearest } from './progress.ts';
import { type Place, placeKey, type ReadRecord } from './record.ts';
import { Standing } from './standing.ts';

export interface ReadingOptions extends Beginnings {
  readonly isOrdered: boolean;
  deliver(record: ReadRecord, signal: AbortSignal): Promise<boolean>;
  /**
   * It knows what it reads, and where it goes on; what the group had not written down is by now.
   *
   * @param standing which partitions are not read, and why; undefined where all are
   */
  onReading(standing: string | undefined): void;
  /** What is wrong, in words. */
  sentenceOf(error: unknown): string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Records that were delivered in the last of them are delivered again after a crash. */
const COMMIT_MS = 200;
/** What was done is written down at the end, unless Kafka does not answer. */
const LAST_COMMIT_MS = 1000;
/** For what is under way where another reading follows at once. */
const CHANGE_MS = 2000;
/** After which a partition that could not be read is asked for again. */
const STANDING_MS = 1000;

/** Why a reading ended: `changed` asks for another at once. */
export type Ended = 'stopped' | 'changed';

export class Reading {
  readonly #member: Member;
  readonly #options: ReadingOptions;
  readonly #standing = new Standing();
  readonly #ended = Promise.withResolvers<Ended>();
  readonly #fetching = new Set<number>();
  readonly #ending = new AbortController();
  #assigned: readonly Place[] = [];
  readonly #partitions = new Map<string, PartitionQueue>();
  #beginningOf: BeginningOf | undefined;
  /** Assignments come one after another, also while the offsets of one are asked for. */
  #assigning: Promise<void> = Promise.resolve();
  #isBegun = false;
  #isWaking = false;
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
    let ended: Ended | undefined;
    try {
      void this.#join().catch((error: unknown) => this.#fail(error));
      ended = await this.#ended.promise;
      return ended;
    } finally {
      signal.removeEventListener('abort', onAbort);
      await this.#drain(signal.aborted ? drainMs() : ended === 'changed' ? CHANGE_MS : 0);
    }
  }

  /** What it was begun with is another now: it ends as soon as what is under way is done. */
  change(): void {
    this.#ended.resolve('changed');
  }

  async #join(): Promise<void> {
    this.#beginningOf = await writeBeginnings(this.#member, this.#options);
    if (this.#ending.signal.aborted) return;
    await this.#member.join({
      assigned: (places) => {
        this.#assigned = places;
        this.#beginAll();
      },
      failed: (error) => this.#fail(error),
    });
    await this.#commitAgainAndAgain();
  }

  #beginAll(): void {
    this.#assigning = this.#assigning.then(() => this.#begin()).catch((error) => this.#fail(error));
  }

  /** What was assigned and is not read yet; what is assigned no more is not read any more. */
  async #begin(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    const assigned = new Set(this.#assigned.map(placeKey));
    for (const [key, partition] of this.#partitions) {
      if (assigned.has(key)) continue;
      partition.stop();
      this.#partitions.delete(key);
    }
    for (const place of this.#standing.places) if (!assigned.has(placeKey(place))) this.#standing.remove(place);
    const added = this.#assigned.filter((place) => !this.#partitions.has(placeKey(place)));
    const offsets = await this.#member.offsetsOf(added);
    for (const place of added) {
      const known = offsets.get(placeKey(place));
      if (known === undefined) this.#stand([place], 'it has no leader');
      else this.#beginOne(place, known);
    }
    // from now on nothing is missed that comes while nobody reads
    await this.#commit();
    for (const { topic } of this.#assigned) this.#options.begun.add(topic);
    this.#isBegun = true;
    this.#tell();
    this.#pump();
  }

  #beginOne(place: Place, known: Offsets): void {
    const { isOrdered, deliver, log } = this.#options;
    const begin = known.committed ?? this.#beginningOf?.(place, known) ?? known.earliest;
    const position = nearest(begin, known);
    if (position !== begin) log.warn({ ...place }, movedText(place, begin, position));
    const partition = new PartitionQueue(place, position, known.committed, {
      isOrdered,
      deliver,
      onRoom: () => this.#pump(),
      onFailed: (error) => this.#fail(error),
    });
    this.#partitions.set(placeKey(place), partition);
    this.#standing.remove(place);
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
    const open = [...this.#partitions.values()].filter(
      ({ isFull, place }) => !isFull && !this.#standing.isResting(place),
    );
    if (open.length === 0 || this.#ending.signal.aborted) return;
    const leaders = await this.#member.leadersOf(open.map(({ place }) => place));
    if (leaders === undefined) {
      this.change();
      return;
    }
    for (const [leader, places] of leaders) {
      if (leader === NO_LEADER) {
        this.#stand(places, 'it has no leader');
        continue;
      }
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
    let fetched: readonly Fetched[];
    try {
      fetched = await this.#member.fetch(leader, wanted);
    } catch (error) {
      // one server of several: as long as others are read, it holds up nothing but what it leads
      const isOther = ({ place }: PartitionQueue): boolean => !places.includes(place) && !this.#standing.has(place);
      if (![...this.#partitions.values()].some(isOther)) throw error;
      this.#stand(places, this.#options.sentenceOf(error));
      return;
    }
    const gone: PartitionQueue[] = [];
    for (const each of fetched) {
      const partition = this.#partitions.get(placeKey(each));
      // it may have gone meanwhile, and come back
      if (partition === undefined || !asked.includes(partition)) continue;
      if (each.is === 'unread') {
        this.#stand([partition.place], each.why);
        continue;
      }
      if (this.#standing.remove(partition.place)) this.#tell();
      if (each.is === 'read') partition.offer(each.records, each.next);
      else gone.push(partition);
    }
    if (gone.length > 0) await this.#moveInto(gone);
  }

  /** Records are there for a while alone, and a topic may have been made anew. */
  async #moveInto(asked: readonly PartitionQueue[]): Promise<void> {
    const offsets = await this.#member.offsetsOf(asked.map(({ place }) => place));
    for (const partition of asked) {
      const { place, position } = partition;
      const known = offsets.get(placeKey(place));
      if (known === undefined) continue;
      const moved = nearest(position, known);
      if (moved === position) continue;
      partition.moveTo(moved);
      this.#options.log.warn({ ...place }, movedText(place, position, moved));
    }
  }

  /** One that was taken away while it was asked for is somebody else's: nobody here would ever read it again. */
  #stand(asked: readonly Place[], why: string): void {
    const assigned = new Set(this.#assigned.map(placeKey));
    const places = asked.filter((place) => assigned.has(placeKey(place)));
    if (places.length === 0) return;
    const news = places.map((place) => this.#standing.add(place, why));
    if (news.includes(true)) this.#tell();
    if (this.#isWaking) return;
    this.#isWaking = true;
    void this.#wakeLater().catch((error: unknown) => this.#fail(error));
  }

  async #wakeLater(): Promise<void> {
    await pause(this.#options.clock, STANDING_MS, this.#ending.signal);
    this.#isWaking = false;
    if (this.#ending.signal.aborted) return;
    await this.#member.refresh();
    this.#standing.wake();
    if (this.#assigned.every((place) => this.#partitions.has(placeKey(place)))) this.#pump();
    else this.#beginAll();
  }

  #tell(): void {
    if (this.#isBegun && !this.#ending.signal.aborted) this.#options.onReading(this.#standing.sentence);
  }

  async #commitAgainAndAgain(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#ending.signal.aborted) {
      await pause(clock, COMMIT_MS, this.#ending.signal);
      if (!this.#ending.signal.aborted) await this.#commit();
    }
  }

  #commit(): Promise<void> {
    return commitAll(this.#member, this.#partitions);
  }

  /** Writes down what was done, at the latest when the milliseconds are over. */
  async #drain(withinMs: number): Promise<void> {
    this.#ending.abort();
    const all = [...this.#partitions.values()];
    for (const partition of all) partition.pause();
    if (withinMs > 0) {
      const settled = Promise.all(all.map((partition) => partition.settled()));
      await this.#within(withinMs, settled);
      // a Kafka that is gone, or hangs, is what it may have ended of
      await this.#within(
        LAST_COMMIT_MS,
        this.#commit().catch(() => {}),
      );
    }
    for (const partition of all) partition.stop();
  }

  async #within(milliseconds: number, done: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    await Promise.race([done.then(() => over.abort()), pause(this.#options.clock, milliseconds, over.signal)]);
  }

  #fail(error: unknown): void {
    this.#ended.reject(error);
  }
}
