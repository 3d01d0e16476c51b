/** Requests to one API server over node:https, on connections that are kept. Credentials and certificates that rotate are read anew. */
import { readFile } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Clock } from '../clock.ts';
import { type Access, type AccessOptions, findAccess, type Pem } from './access.ts';
import type { Credential } from './credentials.ts';
import { ConnectionError, connectionError, whyUnread } from './errors.ts';

export interface Sending {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the server's root: `/api/v1/namespaces?limit=100`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the request and the reading of its answer. */
  readonly signal: AbortSignal;
}

export interface Connection {
  /** `https://127.0.0.1:6443 (context "weir")`, for sentences. */
  readonly name: string;
  readonly namespace: string;
  readonly clock: Clock;
  /** Any answer, its body still to be read; a ConnectionError where none comes. */
  send(sending: Sending): Promise<IncomingMessage>;
  /** Cuts every connection. */
  close(): void;
}

/** Finds the API server and who Weir is to it; sends nothing yet. */
export async function connect(options: AccessOptions): Promise<Connection> {
  return connectTo(await findAccess(options), options.clock);
}

export function connectTo(access: Access, clock: Clock): Connection {
  const name =
    access.context === '' ? `${access.server} (in this cluster)` : `${access.server} (context "${access.context}")`;
  const agents = new Agents(access, clock, name);
  const base = new URL(access.server);
  const prefix = base.pathname === '/' ? '' : base.pathname;

  async function once(sending: Sending): Promise<IncomingMessage> {
    const credential = await access.credentials.current();
    const agent = await agents.agentFor(credential);
    sending.signal.throwIfAborted();
    const headers = {
      accept: 'application/json',
      'user-agent': 'weir',
      ...credential.headers,
      ...sending.headers,
      ...(sending.body === undefined ? {} : { 'content-length': Buffer.byteLength(sending.body) }),
    };
    const options = {
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: base.port,
      method: sending.method,
      path: prefix + sending.path,
      headers,
      agent,
    };
    return exchange(base.protocol === 'http:' ? http.request(options) : https.request(options), sending);
  }

  /** Kept connections that the server closed at the same moment are of no use; there may be several. */
  async function fresh(sending: Sending): Promise<IncomingMessage> {
    for (let tries = 1; ; tries++) {
      try {
        return await once(sending);
      } catch (error) {
        if (!(error instanceof StaleConnection) || tries > MOST_STALE) throw error;
      }
    }
  }

  async function send(sending: Sending): Promise<IncomingMessage> {
    try {
      const answer = await fresh(sending);
      if (answer.statusCode !== 401 || !access.credentials.renew()) return answer;
      // the token was swapped since it was read
      answer.resume();
      return await fresh(sending);
    } catch (error) {
      if (sending.signal.aborted) throw sending.signal.reason;
      throw error instanceof ConnectionError ? error : connectionError(error, name);
    }
  }

  return { name, namespace: access.namespace, clock, send, close: () => agents.close() };
}

const MOST_STALE = 8;

class StaleConnection extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

/** One request. Only a GET is sent again after a stale connection: anything else might have been done already. */
function exchange(request: http.ClientRequest, { method, body, signal }: Sending): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', (error) => {
      const isStale =
        request.reusedSocket && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(isStale && method === 'GET' ? new StaleConnection(error) : error);
    });
    // the signal among a request's options does the same, at a multiple of the cost
    const cut = (): void => void request.destroy(new Error('it was called off'));
    signal.addEventListener('abort', cut, { once: true });
    request.on('close', () => signal.removeEventListener('abort', cut));
    request.end(body);
  });
}

/**
 * All connections of an agent lead to the same server with the same certificates. Node else tells them apart by a text in
 * which the certificates stand, and puts it together several times a request.
 */
class OneServerAgent extends https.Agent {
  override getName(): string {
    return 'the API server';
  }
}

/** How often certificate files are looked at again. */
const FILES_AGE_MS = 60_000;
/** The API server closes an idle connection after some minutes; ours go before. */
const IDLE_MS = 45_000;

const AGENT_OPTIONS = {
  keepAlive: true,
  keepAliveMsecs: 30_000,
  maxFreeSockets: 8,
  scheduling: 'lifo',
  timeout: IDLE_MS,
} as const;

/** Pools of connections, one for each set of certificates: what begins after a rotation takes the new ones. */
class Agents {
  readonly #access: Access;
  readonly #clock: Clock;
  readonly #name: string;
  #pools: readonly Pool[] = [];
  #files: Certificates = {};
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(access: Access, clock: Clock, name: string) {
    this.#access = access;
    this.#clock = clock;
    this.#name = name;
  }

  async agentFor({ cert, key }: Credential): Promise<http.Agent> {
    await this.#readFiles();
    const certificates: Certificates = {
      ...this.#files,
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    };
    const known = this.#pools.find((pool) => isSame(pool.certificates, certificates));
    if (known !== undefined) return known.agent;

    const inUse = this.#pools.filter(({ agent }) => Object.keys(agent.sockets).length > 0);
    for (const pool of this.#pools) if (!inUse.includes(pool)) pool.agent.destroy();
    const agent = this.#newAgent(certificates);
    this.#pools = [...inUse, { certificates, agent }];
    return agent;
  }

  close(): void {
    for (const { agent } of this.#pools) agent.destroy();
    this.#pools = [];
  }

  #newAgent(certificates: Certificates): http.Agent {
    const { server, serverName, isUnverified } = this.#access;
    if (server.startsWith('http:')) return new http.Agent(AGENT_OPTIONS);
    return new OneServerAgent({
      ...AGENT_OPTIONS,
      ...certificates,
      minVersion: 'TLSv1.2',
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(isUnverified === true ? { rejectUnauthorized: false } : {}),
    });
  }

  async #readFiles(): Promise<void> {
    const now = this.#clock.now().getTime();
    if (Math.abs(now - this.#readAt) < FILES_AGE_MS) return;
    const { ca, cert, key } = this.#access;
    try {
      const texts = await Promise.all([textOf(ca), textOf(cert), textOf(key)]);
      this.#files = certificatesOf(texts);
    } catch (error) {
      // while a file is written anew, the old ones may still do
      if (this.#readAt < 0)
        throw new ConnectionError(
          'FILES',
          `the certificates for ${this.#name} cannot be read: ${whyUnread(error)}`,
          error,
        );
    }
    this.#readAt = now;
  }
}

interface Pool {
  readonly certificates: Certificates;
  readonly agent: http.Agent;
}

/** As Node's TLS takes them. */
interface Certificates {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

function isSame(one: Certificates, other: Certificates): boolean {
  return one.ca === other.ca && one.cert === other.cert && one.key === other.key;
}

function certificatesOf([ca, cert, key]: readonly (string | undefined)[]): Certificates {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function textOf(pem: Pem | undefined): Promise<string | undefined> {
  if (pem === undefined) return undefined;
  return 'text' in pem ? pem.text : readFile(pem.file, 'utf8');
}
