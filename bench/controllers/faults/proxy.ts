/**
 * Stands between controllers and their API server: tells which lists and watches were begun, cuts watches, and refuses
 * writes. Over TLS, as the API server itself, so that a cut looks to the controllers as it does in a cluster.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { writeKubeconfig } from '../../../src/platform/kubeconfig.ts';
import { makeKey, selfSigned } from '../../../tools/selfSigned.ts';

export interface FaultProxyOptions {
  /** `https://127.0.0.1:6443`. */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
  /** Where to write the kubeconfig that leads through it. */
  readonly kubeconfig: string;
}

export interface FaultProxy {
  readonly kubeconfig: string;
  /** How often all objects of a resource were asked for, by its plural: further pages are no list of their own. */
  readonly lists: ReadonlyMap<string, number>;
  /** How often a resource was watched anew, by its plural. */
  readonly watches: ReadonlyMap<string, number>;
  /** Writes that were refused, or whose answer was lost. */
  readonly failed: number;
  /** Ends the connection of every watch that is open; how many those were. */
  cutWatches(): number;
  /** What each write meets from now on. */
  failing(fault: WriteFault | undefined): void;
  close(): Promise<void>;
}

/** @param count how many writes there were, this one too. A status is answered unasked; `lost`: written, without an answer. */
export type WriteFault = (count: number) => { readonly status: number } | 'lost' | undefined;

/** Every tenth write meets one of these, one after the other. */
export const everyTenth: WriteFault = (count) => (count % 10 === 0 ? KINDS[(count / 10) % KINDS.length] : undefined);

const KINDS = [{ status: 409 }, { status: 429 }, { status: 500 }, 'lost'] as const;

const REASONS: Readonly<Record<number, string>> = { 409: 'Conflict', 429: 'TooManyRequests', 500: 'InternalError' };

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const key = makeKey();
  const cert = selfSigned({ key, until: new Date(Date.now() + 86_400_000) });
  const relay = new Relay(options);
  const server = https.createServer({ key, cert }, (request, response) => relay.take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { kubeconfig, token } = options;
  writeKubeconfig(kubeconfig, { server: `https://127.0.0.1:${port}`, ca: cert, token });
  return {
    kubeconfig,
    lists: relay.lists,
    watches: relay.watches,
    get failed() {
      return relay.failed;
    },
    cutWatches: () => relay.cutWatches(),
    failing(fault) {
      relay.fault = fault;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      relay.close();
    },
  };
}

class Relay {
  readonly lists = new Map<string, number>();
  readonly watches = new Map<string, number>();
  failed = 0;
  fault: WriteFault | undefined;
  readonly #agent: https.Agent;
  readonly #server: string;
  readonly #open = new Set<IncomingMessage>();
  #writes = 0;

  constructor({ server, ca }: FaultProxyOptions) {
    this.#server = server;
    this.#agent = new https.Agent({ ca, keepAlive: true });
  }

  cutWatches(): number {
    const open = [...this.#open];
    for (const request of open) request.socket.destroy();
    return open.length;
  }

  close(): void {
    this.#agent.destroy();
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.#server);
    const plural = pluralOf(url.pathname);
    const fault = request.method === 'GET' ? undefined : this.#faultFor(plural);
    if (fault === undefined) {
      if (request.method === 'GET') this.#count(url, plural, request, response);
      this.#pass(request, response, (answer) => handOver(answer, response));
    } else if (fault === 'lost') {
      this.#pass(request, response, (answer) => answer.resume().on('end', () => request.socket.destroy()));
    } else refuse(request, response, fault.status);
  }

  #count(url: URL, plural: string, request: IncomingMessage, response: ServerResponse): void {
    if (url.searchParams.has('watch')) {
      add(this.watches, plural);
      this.#open.add(request);
      response.on('close', () => this.#open.delete(request));
    } else if (url.searchParams.has('limit') && !url.searchParams.has('continue')) add(this.lists, plural);
  }

  /** The Lease has its own tests: a leader that may not write it stops writing anything. */
  #faultFor(plural: string): ReturnType<WriteFault> {
    const fault = plural === 'leases' ? undefined : this.fault?.(++this.#writes);
    if (fault !== undefined) this.failed++;
    return fault;
  }

  #pass(request: IncomingMessage, response: ServerResponse, answered: (answer: IncomingMessage) => void): void {
    const { host: _, connection: __, ...headers } = request.headers;
    const onward = https.request(`${this.#server}${request.url}`, {
      method: request.method,
      headers,
      agent: this.#agent,
    });
    onward.on('response', (answer) => {
      answer.on('error', () => request.socket.destroy());
      answered(answer);
    });
    onward.on('error', () => request.socket.destroy());
    response.on('close', () => {
      if (!response.writableFinished) onward.destroy();
    });
    request.pipe(onward);
  }
}

function handOver(answer: IncomingMessage, response: ServerResponse): void {
  const { connection: _, 'transfer-encoding': __, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, headers);
  // a watch is accepted before there is anything to tell
  response.flushHeaders();
  answer.pipe(response);
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  const message = 'refused on the way';
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: REASONS[status], code: status, message };
  request.resume().on('end', () => {
    const wait = status === 429 ? { 'retry-after': '1' } : {};
    response.writeHead(status, { 'content-type': 'application/json', ...wait });
    response.end(JSON.stringify(body));
  });
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** `revisions` of `/apis/serving.knative.dev/v1/namespaces/shop/revisions?watch=1`, and of one of them. */
function pluralOf(path: string): string {
  const [, root, ...parts] = path.replace(/\?.*/, '').split('/');
  const rest = parts.slice(root === 'apis' ? 2 : 1);
  const [first = '', , third] = rest;
  return first === 'namespaces' && third !== undefined ? third : first;
}
