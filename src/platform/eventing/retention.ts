/** How long events are kept once everybody has them: to be looked at, and to be sent again. */
import type { Clock } from '../../kubernetes/clock.ts';
import type { EventLog } from './log/eventLog.ts';
import type { KeptEvent, Seq } from './log/kept.ts';
import { bytesKept } from './log/reading.ts';

/** Whichever comes first. */
export interface KeepLimits {
  readonly events: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly age: number;
}

export const KEEP: KeepLimits = { events: 100_000, bytes: 512 * 1024 * 1024, age: 7 * 86_400_000 };

/** After so many more it is looked again, at twice as many, so that it costs each event little. */
const PORTION = 1000;
/** So much more may come before it is looked again. */
const SLACK_BYTES = 16 * 1024 * 1024;
const LOOK_MS = 60_000;

export interface RetentionSurroundings {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Whether somebody has still to get it: it stays, and nothing but it. */
  isWaiting(seq: Seq): boolean;
}

/** Of events that lie side by side in the log. */
interface Range {
  readonly from: Seq;
  to: Seq;
}

export class Retention {
  readonly #limits: KeepLimits;
  readonly #around: RetentionSurroundings;
  #bytes = 0;
  /** Of those behind it nobody knows yet who waits for them: they are on their way to the disk. */
  #newest = 0;
  /** Up to there it was looked before: many that wait are not gone through again each time. */
  #from = 0;
  #nextSeq = 0;
  #nextBytes = 0;
  #callOff: (() => void) | undefined;
  #isEnded = false;

  constructor(limits: KeepLimits, around: RetentionSurroundings) {
    this.#limits = limits;
    this.#around = around;
  }

  /** Once it is known who is to get what. */
  begin(): void {
    if (this.#callOff !== undefined) return;
    this.#bytes = this.#around.log.reading.bytes();
    this.#newest = this.#around.log.last;
    this.#tick();
  }

  /** Nothing is forgotten any more: who would still get an event is not known of those that come now. */
  end(): void {
    this.#isEnded = true;
    this.#callOff?.();
  }

  /** After each event that came, in their order. @param text its attributes as they are kept */
  added({ seq, event }: Pick<KeptEvent, 'seq' | 'event'>, text?: string): void {
    this.#bytes += bytesKept(event, text);
    this.#newest = seq;
    if (this.#around.log.last >= this.#nextSeq || this.#bytes >= this.#nextBytes) this.#look();
  }

  /** What grows old does so though nothing comes. */
  #tick(): void {
    this.#look();
    this.#callOff = this.#around.clock.after(LOOK_MS, () => this.#tick());
  }

  #look(): void {
    if (this.#isEnded) return;
    const { log, clock, isWaiting } = this.#around;
    const { events, bytes, age } = this.#limits;
    const oldest = clock.now().getTime() - age;
    const rows = log.reading.oldest(this.#from, 2 * PORTION);
    const forgotten: Range[] = [];
    let left = this.#bytes;
    let range: Range | undefined;
    this.#from = rows.length < 2 * PORTION ? 0 : (rows.at(-1)?.seq ?? 0);
    for (const row of rows) {
      const isOver = log.last - row.seq >= events || left > bytes || row.at < oldest;
      if (!isOver || row.seq > this.#newest) {
        this.#from = 0;
        break;
      }
      if (isWaiting(row.seq)) {
        range = undefined;
        continue;
      }
      left -= row.bytes;
      if (range === undefined) {
        range = { from: row.seq, to: row.seq };
        forgotten.push(range);
      } else range.to = row.seq;
    }
    if (forgotten.length > 0) log.later((all) => all.forget(forgotten));
    this.#bytes = left;
    this.#nextSeq = log.last + PORTION;
    this.#nextBytes = Math.max(left, bytes) + SLACK_BYTES;
  }
}
