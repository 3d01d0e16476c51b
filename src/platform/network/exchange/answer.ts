/** What a client's connection takes of an answer, whatever it speaks. */
import type { Fields } from '../http1/fields.ts';
import type { ResponseHead } from '../http1/head.ts';

export interface Answer {
  /** One of 100 to 199, but for 101. */
  interim(head: ResponseHead): void;
  /** After 101 both directions are bytes that nobody looks into. */
  head(head: ResponseHead): void;
  /** False where more should not come before the exchange hears `onClientDrained`. */
  body(chunk: Buffer): boolean;
  end(trailers: Fields | undefined): void;
  /** What was given until now is sent, if it is not yet. */
  flush(): void;
  /** The whole answer, where none has begun. */
  fail(status: number, text: string): void;
  /** Breaks the connection, so that nobody takes what was sent for the whole. */
  cut(): void;
  /** No more of the request's body, until `release`. */
  hold(): void;
  release(): void;
}

/** One who asks, and waits for the answer. */
export interface Asker extends Answer {
  /** Of the client. */
  readonly address: string;
  /** A whole answer of the platform's own, as plain text. */
  answer(status: number, text: string): void;
}
