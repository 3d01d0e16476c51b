/** The HTTP/1.1 connections to one instance: those that are free are used again, the latest first. */
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Call, Caller, CallHandler, CallRequest } from '../exchange/call.ts';
import { upgradeOf } from '../exchange/forwarded.ts';
import { CHUNKED } from '../http1/head.ts';
import { type Address, Connection, type Outgoing, type Pool } from './connection.ts';

/** Free connections that are kept; the queue-proxy keeps as many (knative/serving pkg/queue/sharedmain/main.go, buildTransport). */
const MOST_FREE = 1000;
/** Milliseconds after which a free one is not trusted any more, and closed. */
const KEPT_FOR = 60_000;
/** The instance's word counts less than its clock: it may be closing just now. */
const MARGIN = 1000;
/** A request that must not be sent twice takes no connection that may have been closed meanwhile; a new one costs little. */
const FRESH = 500;

export class Connections implements Caller, Pool {
  readonly #address: Address;
  readonly #clock: Clock;
  readonly #free: Connection[] = [];
  #isClosed = false;
  #callOff: (() => void) | undefined;

  constructor(address: Address, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  call(request: CallRequest, handler: CallHandler): Call {
    const connection = this.#takeFree(request.isReplayable) ?? this.#open();
    connection.begin(outgoingOf(request), handler);
    return connection;
  }

  /** Those under way end as they end. */
  close(): void {
    this.#isClosed = true;
    this.#callOff?.();
    for (const connection of this.#free.splice(0)) connection.close();
  }

  onFree(connection: Connection): void {
    if (this.#isClosed || this.#free.length >= MOST_FREE) {
      connection.close();
      return;
    }
    connection.freeSince = this.#clock.now().getTime();
    this.#free.push(connection);
    this.#callOff ??= this.#clock.after(KEPT_FOR, () => this.#closeOld());
  }

  onClosed(connection: Connection): void {
    const at = this.#free.lastIndexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
  }

  /** One timer for all of them: the first of the list has been free for the longest time. */
  #closeOld(): void {
    this.#callOff = undefined;
    const now = this.#clock.now().getTime();
    for (const connection of [...this.#free]) if (now - connection.freeSince >= KEPT_FOR) connection.close();
    const [oldest] = this.#free;
    if (oldest === undefined) return;
    this.#callOff = this.#clock.after(oldest.freeSince + KEPT_FOR - now, () => this.#closeOld());
  }

  #open(): Connection {
    return new Connection(this.#address, this);
  }

  #takeFree(isReplayable: boolean): Connection | undefined {
    const now = this.#clock.now().getTime();
    for (;;) {
      const connection = this.#free.pop();
      if (connection === undefined) return undefined;
      const age = now - connection.freeSince;
      if (age <= longest(connection, isReplayable)) return connection;
      connection.close();
    }
  }
}

function longest({ keptFor }: Connection, isReplayable: boolean): number {
  if (!isReplayable) return FRESH;
  return keptFor === undefined ? KEPT_FOR : Math.max(0, keptFor - MARGIN);
}

function outgoingOf({ request, path, authority, fields }: CallRequest): Outgoing {
  const upgrade = upgradeOf(request);
  let head = `${request.method} ${path} HTTP/1.1\r\nHost: ${authority}\r\n`;
  for (let index = 0; index < fields.length; index += 2) head += `${fields[index]}: ${fields[index + 1]}\r\n`;
  if (request.framing === CHUNKED) head += 'Transfer-Encoding: chunked\r\n';
  if (upgrade !== undefined) head += `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
  return {
    head: `${head}\r\n`,
    framing: request.framing,
    isBodiless: request.method === 'HEAD',
    isUpgrade: upgrade !== undefined,
  };
}
