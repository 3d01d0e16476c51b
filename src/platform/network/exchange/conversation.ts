/** What a client's connection tells of one request. */
import type { Fields } from '../http1/fields.ts';

export interface Conversation {
  /** The head is there. */
  begin(): void;
  onRequestBody(chunk: Buffer): void;
  onRequestEnd(trailers: Fields | undefined): void;
  /** It takes more of the answer. */
  onClientDrained(): void;
  /** It hung up, or sent what cannot be understood. */
  onClientGone(): void;
}
