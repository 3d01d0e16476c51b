/** All Revisions that are steered, and a second of all of them. Those at rest are not looked at. */
import { uidOf } from '../../../src/kubernetes/object.ts';
import type { RevisionKey } from '../../../src/platform/network/plane.ts';
import type { Instances } from '../runtime.ts';
import { type Doors, Entry, type Seen } from './entry.ts';

export interface FleetListener {
  /** What is answered of the Revision is another than before. */
  changed(key: RevisionKey): void;
  /** It is to have more or fewer Pods than before. */
  misses(key: RevisionKey): void;
  /** There is somebody to look at each second. */
  woke(): void;
}

const NOT_KNOWN: Instances = { wanted: -1, ready: 0 };

export class Fleet {
  readonly #doors: Doors;
  readonly #listener: FleetListener;
  readonly #entries = new Map<RevisionKey, Entry>();
  readonly #awake = new Set<Entry>();
  #second = Number.NEGATIVE_INFINITY;

  constructor(doors: Doors, listener: FleetListener) {
    this.#doors = doors;
    this.#listener = listener;
  }

  get size(): number {
    return this.#entries.size;
  }

  get awake(): number {
    return this.#awake.size;
  }

  all(): Iterable<Entry> {
    return this.#entries.values();
  }

  find(key: RevisionKey): Entry | undefined {
    return this.#entries.get(key);
  }

  answerOf(key: RevisionKey, now: number): Instances {
    return this.#entries.get(key)?.answer(now) ?? NOT_KNOWN;
  }

  /** Takes in what a Revision's objects say by now. */
  see(key: RevisionKey, seen: Seen, now: number): Entry {
    const known = this.#entries.get(key);
    if (known !== undefined && uidOf(known.revision) === uidOf(seen.revision)) {
      known.see(seen, now);
      this.#settle(known, now);
      return known;
    }
    // another may come under the name of one that was deleted
    this.forget(key);
    const entry = new Entry(key, seen, this.#doors, now);
    this.#entries.set(key, entry);
    this.#settle(entry, now);
    return entry;
  }

  /** It is gone, or belongs to somebody else. */
  forget(key: RevisionKey): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#awake.delete(entry);
    this.#doors.plane.removeRevision(key);
  }

  forgetAll(): void {
    for (const key of [...this.#entries.keys()]) this.forget(key);
  }

  /** A request waits for it. */
  poke(key: RevisionKey, now: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    // what was counted while nobody looked is none of the next second
    const isAsleep = !this.#awake.has(entry);
    if (isAsleep) this.#doors.plane.report(key);
    entry.run.poke(entry.ready, now, !isAsleep);
    this.#wake(entry);
    this.#settle(entry, now);
  }

  /** What runs Pods says something else of one of the Revision's. */
  lookAgain(key: RevisionKey, now: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.lookAgain(now);
    this.#settle(entry, now);
  }

  /** One second of all that are awake; a second that was looked at already is not again. */
  tick(now: number): void {
    const second = Math.floor(now / 1000);
    if (second <= this.#second) return;
    this.#second = second;
    for (const entry of this.#awake) {
      const report = this.#doors.plane.report(entry.key);
      if (report !== undefined) entry.run.record(report, entry.ready, now);
      entry.run.step(entry.ready, now);
      this.#settle(entry, now);
    }
  }

  /** Tells the Plane and whoever listens of what came of it. */
  #settle(entry: Entry, now: number): void {
    entry.tellPlane(now);
    if (entry.hasNews(now)) this.#listener.changed(entry.key);
    if (entry.hasOtherScale()) this.#listener.misses(entry.key);
    if (entry.isAtRest) this.#awake.delete(entry);
    else this.#wake(entry);
  }

  #wake(entry: Entry): void {
    if (this.#awake.has(entry)) return;
    this.#awake.add(entry);
    this.#listener.woke();
  }
}
