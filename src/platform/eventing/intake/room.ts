/**
 * How much of bodies may be in memory at once, for all who send to one address together: each connection may bring as much
 * as an event has, and there are as many connections as anybody makes. What one read brings of each comes on top: 64 KiB,
 * and up to twice that where it is in pieces. It is here before anybody can ask for room, and may be all of a body.
 *
 * Who is let in has room for all of a body, so that each of those comes to its end. The others wait unread, in their order
 * and for a moment; then they are told to come again. Who sends slowly gives way once others wait.
 *
 * @example
 * const place = room.enter(bytes, { onRoom: () => client.release(), onSentAway: (why) => refuse(why) });
 * if (place.isWaiting) client.hold();
 */
import type { Clock } from '../../../kubernetes/clock.ts';

/** Shorter ones never ask. */
export const FREE_BYTES = 16 * 1024;
/** Why there was no room for one, for who sends it. */
export const NO_ROOM =
  'too much is being sent at the same time, and there was no room for this one in a moment; send it again';
export const TOO_SLOW = 'it came slowly while others waited for its room; send it again';
/** Milliseconds for which one waits, and for which one that is not all there may come at any rate. */
const PATIENCE_MS = 5000;
/** Bytes a millisecond: who sends more than that gives way to nobody, however much it sends. */
const SLOW_RATE = 256;
const LOOK_EVERY_MS = 1000;

export interface Seeker {
  /** After it had to wait. */
  onRoom(): void;
  /** It has its place no more, or never had one. @param why NO_ROOM or TOO_SLOW */
  onSentAway(why: string): void;
}

export interface Place {
  readonly isWaiting: boolean;
  /** For a body of which nobody said how long it is. @returns false where there is no room for so many bytes */
  grow(bytes: number): boolean;
  /** How much of it is here by now, in all. */
  came(bytes: number): void;
  /** All of the body is there: it is not sent away any more. */
  settle(): void;
  /** Safe to call again. */
  leave(): void;
}

interface Seat {
  readonly seeker: Seeker;
  bytes: number;
  /** Since when it waits, or is in; milliseconds. */
  since: number;
  here: number;
  is: 'waiting' | 'coming' | 'there' | 'gone';
}

export class Room {
  readonly #mostBytes: number;
  readonly #clock: Clock;
  #used = 0;
  /** In the order in which they came: bodies that are not all there yet, and those who wait. */
  readonly #coming = new Set<Seat>();
  readonly #waiting = new Set<Seat>();
  #callOff: (() => void) | undefined;

  /** @param mostBytes more than the longest body takes while it grows */
  constructor(mostBytes: number, clock: Clock) {
    this.#mostBytes = mostBytes;
    this.#clock = clock;
  }

  enter(bytes: number, seeker: Seeker): Place {
    const seat: Seat = { seeker, bytes, since: this.#now(), here: 0, is: 'waiting' };
    if (this.#waiting.size === 0 && this.#hasRoom(bytes)) this.#admit(seat);
    else {
      this.#waiting.add(seat);
      this.#lookLater();
    }
    return {
      get isWaiting() {
        return seat.is === 'waiting';
      },
      grow: (grown) => this.#grow(seat, grown),
      came: (here) => {
        seat.here = here;
      },
      settle: () => this.#settle(seat),
      leave: () => this.#leave(seat),
    };
  }

  #admit(seat: Seat): void {
    seat.is = 'coming';
    seat.since = this.#now();
    this.#used += seat.bytes;
    this.#coming.add(seat);
  }

  #grow(seat: Seat, bytes: number): boolean {
    if (seat.is === 'gone') return false;
    const more = bytes - seat.bytes;
    if (more <= 0) return true;
    if (seat.is !== 'waiting') {
      // it waits no more: two that hold much and wait for each other would wait for ever
      if (!this.#hasRoom(more, seat)) return false;
      this.#used += more;
    }
    seat.bytes = bytes;
    return true;
  }

  #settle(seat: Seat): void {
    if (seat.is !== 'coming') return;
    seat.is = 'there';
    this.#coming.delete(seat);
  }

  #leave(seat: Seat): void {
    if (seat.is === 'gone') return;
    this.#remove(seat);
    this.#letIn();
  }

  #remove(seat: Seat): void {
    if (seat.is !== 'waiting') this.#used -= seat.bytes;
    seat.is = 'gone';
    this.#coming.delete(seat);
    this.#waiting.delete(seat);
  }

  #letIn(): void {
    for (const seat of this.#waiting) {
      if (this.#used + seat.bytes > this.#mostBytes) return;
      this.#waiting.delete(seat);
      this.#admit(seat);
      seat.seeker.onRoom();
    }
    this.#callOff?.();
    this.#callOff = undefined;
  }

  /** Where it takes that, slow ones go for it; none of them where all together would not be enough. */
  #hasRoom(bytes: number, but?: Seat): boolean {
    let missing = this.#used + bytes - this.#mostBytes;
    if (missing <= 0) return true;
    const slow: Seat[] = [];
    const now = this.#now();
    for (const seat of this.#coming) {
      if (seat === but || now - seat.since < PATIENCE_MS + seat.here / SLOW_RATE) continue;
      slow.push(seat);
      missing -= seat.bytes;
      if (missing <= 0) break;
    }
    if (missing > 0) return false;
    for (const seat of slow) this.#sendAway(seat, TOO_SLOW);
    return true;
  }

  #sendAway(seat: Seat, why: string): void {
    this.#remove(seat);
    seat.seeker.onSentAway(why);
  }

  #lookLater(): void {
    this.#callOff ??= this.#clock.after(LOOK_EVERY_MS, () => {
      this.#callOff = undefined;
      this.#look();
    });
  }

  #look(): void {
    for (const seat of this.#waiting) {
      if (!this.#hasRoom(seat.bytes)) break;
      this.#letIn();
    }
    const late = this.#now() - PATIENCE_MS;
    for (const seat of this.#waiting) {
      if (seat.since <= late) this.#sendAway(seat, NO_ROOM);
    }
    if (this.#waiting.size > 0) this.#lookLater();
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}
