/** A plane with programs behind it and clients before it, all over real connections. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
  request,
  type Server,
} from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createRawServer,
  type Server as RawServer,
  type Socket,
} from 'node:net';
import type { HostRoute, Instance, RevisionSettings } from '../../../src/platform/network/plane.ts';
import { type PlaneOptions, type StartedPlane, startPlane } from '../../../src/platform/network/start.ts';
import { turnsOfTheLoop } from '../../kubernetes/client/fakeClock.ts';

export const HOST = 'hello.shop.localhost';
export const KEY = 'shop/hello-00001';

export const SETTINGS: RevisionSettings = {
  containerConcurrency: 0,
  timeoutSeconds: 300,
  responseStartTimeoutSeconds: undefined,
  idleTimeoutSeconds: undefined,
  protocol: 'http1',
};

export interface World extends StartedPlane {
  /** Starts a program, which is an instance only where it is named to the plane. */
  program(listener: RequestListener): Promise<Instance & { readonly server: Server }>;
  raw(onConnection: (socket: Socket) => void): Promise<Instance & { readonly server: RawServer }>;
  end(): Promise<void>;
}

export function routeTo(revision: string, host = HOST, rest: Partial<HostRoute> = {}): HostRoute {
  return { host, isClusterLocal: false, splits: [{ revision, percent: 100 }], tags: new Map(), ...rest };
}

/** One Revision under one host, without an instance. */
export async function startWorld(settings: Partial<RevisionSettings> = {}, options: PlaneOptions = {}): Promise<World> {
  const started = await startPlane(options);
  started.plane.setRevision(KEY, { ...SETTINGS, ...settings });
  started.plane.setRoutes([routeTo(KEY)]);
  const servers: { close(): void; all: Set<Socket> }[] = [];
  let count = 0;
  const keep = async <Kind extends Server | RawServer>(server: Kind): Promise<Instance & { readonly server: Kind }> => {
    const all = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      all.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => all.delete(socket));
    });
    servers.push({ close: () => server.close(), all });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { uid: `pod-${count++}`, port: (server.address() as AddressInfo).port, server };
  };
  return {
    ...started,
    program: (listener) => keep(createServer(listener)),
    raw: (onConnection) => keep(createRawServer({ allowHalfOpen: true }, onConnection)),
    async end() {
      for (const { close, all } of servers) {
        close();
        for (const socket of all) socket.destroy();
      }
      await started.close();
    },
  };
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly trailers: IncomingMessage['trailers'];
  readonly body: string;
}

/** One request by Node's client, on a connection of its own. */
export function ask(port: number, options: RequestOptions & { readonly body?: string } = {}): Promise<Answered> {
  const { body, headers, ...rest } = options;
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: '127.0.0.1', port, agent: false, headers: { Host: HOST, ...headers }, ...rest },
      (response) => {
        readAll(response).then(
          (text) =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              trailers: response.trailers,
              body: text,
            }),
          reject,
        );
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}

export async function readAll(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

/** A client that writes bytes and reads them. */
export class RawClient {
  readonly socket: Socket;
  text = '';
  isEnded = false;
  #listeners: (() => void)[] = [];

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const tell = (): void => {
      for (const listener of this.#listeners) listener();
    };
    this.socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1');
      tell();
    });
    this.socket.on('error', () => undefined);
    for (const event of ['end', 'close']) {
      this.socket.on(event, () => {
        this.isEnded = true;
        tell();
      });
    }
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  /** Resolves when the text is there; fails where the connection ends before. */
  async until(part: string | RegExp): Promise<string> {
    await this.#when(() => (typeof part === 'string' ? this.text.includes(part) : part.test(this.text)), String(part));
    return this.text;
  }

  async ended(): Promise<string> {
    await this.#when(() => this.isEnded, 'the end');
    return this.text;
  }

  #when(isThere: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!isThere() && !this.isEnded) return;
        this.#listeners = this.#listeners.filter((each) => each !== look);
        if (isThere()) resolve();
        else reject(new Error(`the connection ended without ${what} after ${JSON.stringify(this.text)}`));
      };
      this.#listeners.push(look);
      look();
    });
  }
}

/** A promise with its handle. */
export function deferred<Value = void>(): { readonly promise: Promise<Value>; resolve(value: Value): void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((take) => {
    resolve = take;
  });
  return { promise, resolve };
}

/** Long enough for what was sent to arrive, also where the machine leaves few turns of the event loop to it. */
export async function aMoment(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  await turnsOfTheLoop();
}

/** Looks again until it holds; the test's own limit ends what never does. */
export async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
