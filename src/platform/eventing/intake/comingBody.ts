/** A body that comes, and its place among those of all. */
import { GrowingBody } from './growingBody.ts';
import { FREE_BYTES, NO_ROOM, type Place, type Room } from './room.ts';

export interface BodyCourse {
  /** No more of it is read, until `release`. */
  hold(): void;
  release(): void;
  /** It is not taken any more. @param why as a sentence */
  onSentAway(why: string): void;
}

export class ComingBody {
  readonly #room: Room;
  readonly #expected: number;
  readonly #course: BodyCourse;
  readonly #body: GrowingBody;
  /** Undefined for one that is short, or was there at once. */
  #place: Place | undefined;

  /** @param expected how long it is going to be; 0 or less where nobody said */
  constructor(room: Room, expected: number, course: BodyCourse) {
    this.#room = room;
    this.#expected = expected;
    this.#course = course;
    this.#body = new GrowingBody(expected);
  }

  get length(): number {
    return this.#body.length;
  }

  add(piece: Buffer): void {
    if (this.#findRoom(piece)) {
      this.#body.add(piece);
      this.#place?.came(this.#body.length);
    } else this.#course.onSentAway(NO_ROOM);
  }

  /** All of it is here. Has its place until it leaves. */
  whole(): Buffer {
    // one that still waits came with its head: there is nothing to wait for
    if (this.#place?.isWaiting) this.leave();
    else this.#place?.settle();
    return this.#body.whole();
  }

  /** Safe to call again. */
  leave(): void {
    this.#place?.leave();
    this.#place = undefined;
  }

  #findRoom(piece: Buffer): boolean {
    const needed = this.#body.bytesFor(this.#body.length + piece.length);
    if (this.#place !== undefined) return this.#place.grow(needed);
    if (needed <= FREE_BYTES || piece.length === this.#expected) return true;
    this.#place = this.#room.enter(needed, {
      onRoom: () => this.#course.release(),
      onSentAway: (why) => this.#course.onSentAway(why),
    });
    if (this.#place.isWaiting) this.#course.hold();
    return true;
  }
}
