/** Writes to a socket with as few system calls as it takes: what is short waits for the rest until it is flushed. */
import type { Socket } from 'node:net';
import type { Fields } from './fields.ts';

/** Bytes up to which copying is cheaper than a second buffer for the system. */
const SHORT = 4096;

export class Wire {
  readonly #socket: Socket;
  #text = '';

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  text(text: string): void {
    this.#text += text;
  }

  bytes(bytes: Buffer): void {
    if (bytes.length <= SHORT && this.#text.length <= SHORT) {
      this.#text += bytes.toString('latin1');
      return;
    }
    this.#socket.cork();
    this.flush();
    this.#socket.write(bytes);
    this.#socket.uncork();
  }

  /** As one chunk of a chunked body. */
  chunk(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.text(`${bytes.length.toString(16)}\r\n`);
    this.bytes(bytes);
    this.text('\r\n');
  }

  lastChunk(trailers: Fields | undefined): void {
    this.text('0\r\n');
    if (trailers !== undefined) this.text(linesOf(trailers));
    this.text('\r\n');
  }

  flush(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#socket.write(text, 'latin1');
  }

  /** More is on its way to the system than it takes at once: who writes had better wait for `drain`. */
  get isFull(): boolean {
    return this.#socket.writableNeedDrain;
  }
}

export function linesOf({ names, values }: Fields): string {
  let lines = '';
  for (let index = 0; index < names.length; index++) lines += `${names[index]}: ${values[index]}\r\n`;
  return lines;
}
