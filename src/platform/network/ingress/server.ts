/** Takes the connections of clients on the loopback interface. */
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Conversation } from '../exchange/conversation.ts';
import type { RequestHead } from '../http1/head.ts';
import { Client, type ClientOptions } from './client.ts';

export interface ServerOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly bind: string;
  readonly clock: Clock;
  onRequest(request: RequestHead, client: Client): Conversation | undefined;
  /** Where cleartext HTTP/2 is taken. */
  readonly onHttp2?: ClientOptions['onHttp2'];
}

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Until the head of a request is there (knative.dev/pkg network/h2c.go, ReadHeaderTimeout); milliseconds. */
const HEAD_MS = 60_000;
/** Without any request. */
const IDLE_MS = 10 * 60_000;
const LOOK_EVERY_MS = 10_000;
/** What is under way may go on for so long when the platform ends. */
const CLOSE_MS = 2_000;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** @throws Error where the address is not one of this machine alone, or the port is taken */
export async function listenOn(options: ServerOptions): Promise<Listening> {
  const { port, bind, clock, ...rest } = options;
  if (!LOOPBACK.has(bind))
    throw new Error(`the platform listens on the loopback interface alone (127.0.0.1), not on ${bind}`);
  const clients = new Clients(clock);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    clients.add(new Client(socket, { ...rest, clock, onClosed: (client) => clients.delete(client) }));
  });
  await listening(server, port, bind);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => closed(server, clients, clock),
  };
}

/** Watches over those that send nothing. */
class Clients {
  readonly #clock: Clock;
  readonly #all = new Set<Client>();
  #callOff: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(client: Client): void {
    this.#all.add(client);
    this.#callOff ??= this.#clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  delete(client: Client): void {
    this.#all.delete(client);
  }

  /** Those without a request at once. */
  close(): void {
    for (const client of this.#all) client.close();
  }

  destroy(): void {
    this.#callOff?.();
    for (const client of this.#all) client.destroy();
  }

  #look(): void {
    this.#callOff = undefined;
    const now = this.#clock.now().getTime();
    for (const client of this.#all) {
      if (client.idleSince === undefined) continue;
      const idle = now - client.idleSince;
      if (client.isInHead ? idle > HEAD_MS : idle > IDLE_MS) client.close();
    }
    if (this.#all.size > 0) this.#callOff = this.#clock.after(LOOK_EVERY_MS, () => this.#look());
  }
}

function listening(server: Server, port: number, bind: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const sentence = `port ${port} of ${bind} is taken by another program`;
      reject(error.code === 'EADDRINUSE' ? new Error(sentence, { cause: error }) : error);
    });
    server.listen({ port, host: bind, backlog: 4096 }, resolve);
  });
}

function closed(server: Server, clients: Clients, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const callOff = clock.after(CLOSE_MS, () => clients.destroy());
    server.close(() => {
      callOff();
      clients.destroy();
      resolve();
    });
    clients.close();
  });
}
