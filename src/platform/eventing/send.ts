/** Sends events by HTTP, with connections that are kept, and to the names of the cluster by the proxy that knows them. */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { CloudEvent } from '../../cloudevents/event.ts';
import type { Headers } from '../../cloudevents/http.ts';
import { messageOf } from '../database/storeError.ts';
import { type Answered, type Message, MOST_BYTES, type Open } from './http/connection.ts';
import { Connections } from './http/connections.ts';
import { Messages, type Target, targetOf } from './http/message.ts';
import type { PassedHeaders } from './log/kept.ts';

export { MOST_BYTES };

export interface SendRequest {
  readonly url: string;
  readonly event: CloudEvent;
  readonly headers: PassedHeaders;
  /** Milliseconds; undefined waits as long as the connection lasts. */
  readonly timeout: number | undefined;
  /** In structured mode; in binary mode unless set. */
  readonly isStructured?: boolean;
  /** An attribute that is not sent. */
  readonly hidden?: string;
}

export type Sent =
  | {
      readonly status: number;
      readonly headers: Headers;
      readonly body: Buffer;
      readonly retryAfter: string | undefined;
    }
  /** No answer came, or not all of it. */
  | { readonly status: undefined; readonly error: string };

/** Resolves whatever happens. */
export type Send = (request: SendRequest) => Promise<Sent>;

/** Names of the cluster, for which no resolver of the machine has an address. */
export interface ClusterNames {
  /** Of the loopback interface: takes what is for the host, by its Host field. Undefined for a host of the world. */
  portOf(host: string): number | undefined;
  /** Resolves once a host that is about to be there can be asked; at once for any other. */
  awaited(host: string): Promise<void>;
}

export interface Sender {
  readonly send: Send;
  close(): void;
}

/** URLs that are kept as they were read; there are no more than there are Triggers, unless somebody makes them up. */
const MOST_KEPT = 1000;
/** What comes is looked at where it is, and then the next may come there: nothing is allocated for it. */
const INCOMING = Buffer.allocUnsafeSlow(64 * 1024);
const LOOPBACK = '127.0.0.1';

interface Destination {
  readonly target: Target;
  readonly connections: Connections;
}

/** @param names unless given, every host is one of the world */
export function startSender(names?: ClusterNames): Sender {
  const messages = new Messages();
  /** By their URLs: two that share a host are two, and the connections of one do not run out for the other's sake. */
  const destinations = new Map<string, Destination>();

  function destinationAt(url: string): Destination | undefined {
    const known = destinations.get(url);
    if (known !== undefined) return known;
    const target = targetOf(url);
    if (target === undefined) return undefined;
    if (destinations.size >= MOST_KEPT) forget();
    const destination = { target, connections: new Connections(opening(target, names)) };
    destinations.set(url, destination);
    return destination;
  }

  function forget(): void {
    for (const [url, { connections }] of destinations) if (connections.isEmpty) destinations.delete(url);
  }

  function post({ target, connections }: Destination, request: SendRequest): Promise<Sent> {
    const { event, headers, timeout, isStructured = false, hidden } = request;
    let message: Message;
    try {
      message = messages.messageTo(target, { event, headers, isStructured, hidden });
    } catch (error) {
      return Promise.resolve(unsent(error));
    }
    return new Promise((resolve) => {
      const onAnswered = (answered: Answered): void => resolve(sentOf(answered));
      connections.send(
        message,
        (answered) => {
          // the other side had just closed a connection that was kept: that is no attempt, and the only one is on another
          if (answered.is === 'failed' && answered.isStale) {
            connections.send(message, onAnswered, { timeout, isFresh: true });
          } else onAnswered(answered);
        },
        { timeout },
      );
    });
  }

  return {
    send(request) {
      const { url } = request;
      const destination = destinationAt(url);
      if (destination === undefined) {
        const error = url === '' ? 'nobody knows where to' : `${url} is no URL of http or https`;
        return Promise.resolve({ status: undefined, error });
      }
      const { hostname } = destination.target;
      if (names?.portOf(hostname) === undefined) return post(destination, request);
      // it may have been forgotten meanwhile, and what is not known is not ended
      return names.awaited(hostname).then(() => post(destinationAt(url) ?? destination, request), unsent);
    },
    close() {
      for (const { connections } of destinations.values()) connections.close();
    },
  };
}

function opening({ isSecure, hostname, port }: Target, names: ClusterNames | undefined): Open {
  // of this machine by definition (RFC 6761), which not every resolver knows
  const host = hostname.endsWith('.localhost') ? LOOPBACK : hostname;
  if (isSecure) {
    // an address is no name that a certificate would be chosen by
    const servername = isIP(hostname) === 0 ? { servername: hostname } : {};
    return (onBytes) => {
      const socket: Socket = connectSecurely({ host, port, ...servername });
      return socket.setNoDelay(true).on('data', onBytes);
    };
  }
  return (onBytes) => {
    const callback = (length: number): boolean => {
      onBytes(INCOMING.subarray(0, length));
      return true;
    };
    const onread = { buffer: INCOMING, callback };
    const proxy = names?.portOf(hostname);
    if (proxy !== undefined) return connect({ host: LOOPBACK, port: proxy, noDelay: true, onread });
    return connect({ host, port, noDelay: true, onread });
  };
}

function unsent(error: unknown): Sent {
  return { status: undefined, error: messageOf(error) };
}

function sentOf(answered: Answered): Sent {
  if (answered.is === 'failed') return { status: undefined, error: answered.error };
  const { status, headers, body } = answered;
  const retryAfter = headers['retry-after'];
  return { status, headers, body, retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined };
}
