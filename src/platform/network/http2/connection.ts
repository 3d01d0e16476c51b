import type { Socket } from 'node:net';

/** A client's connection that speaks HTTP/2, as whoever watches over connections sees it. */
export interface Http2Connection {
  /** Since when there is no request; milliseconds. Undefined while there is one. */
  readonly idleSince: number | undefined;
  /** What is under way goes on, and nothing new begins. */
  close(): void;
}

/** The socket, from its first byte on, is nobody else's then. */
export type TakeHttp2 = (socket: Socket, address: string) => Http2Connection;
