/** What has come from a client and nobody has looked at yet, and whether more is read. */
import type { Socket } from 'node:net';

export class Intake {
  readonly #socket: Socket;
  #rest: Buffer | undefined;
  #isAdvancing = false;
  #isHeld = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** No more is read, until `release`. */
  hold(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#socket.pause();
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#socket.resume();
  }

  add(chunk: Buffer): void {
    this.#rest = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /** The first of them were looked at. */
  take(bytes: Buffer, taken: number): void {
    this.#rest = taken === bytes.length ? undefined : bytes.subarray(taken);
  }

  clear(): void {
    this.#rest = undefined;
  }

  /**
   * Goes on with what has come, as far as it goes. Whoever is called by a step may call this again.
   *
   * @param step gets all that is there; false where more must come, or something else happen, before it goes on
   */
  advance(step: (bytes: Buffer) => boolean, onProblem: (error: unknown) => void): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      while (this.#rest !== undefined && step(this.#rest));
    } catch (error) {
      onProblem(error);
    }
    this.#isAdvancing = false;
  }
}

/** Milliseconds in which a client may read the answer to a request that it did not send to its end. */
const LINGER = 1000;

/** Says that nothing more comes: whoever is still sending would lose the answer if the connection broke at once. */
export function endSlowly(socket: Socket, after: (milliseconds: number, callback: () => void) => () => void): void {
  socket.end();
  if (socket.readableEnded) return;
  const callOff = after(LINGER, () => socket.destroy());
  socket.once('close', callOff);
}
