/**
 * The names of the cluster, for programs of the platform: a forward proxy on the loopback interface that knows `*.svc`
 * and `*.svc.cluster.local`, and hands on what is for the rest of the world as any proxy does.
 */
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Conversation } from '../exchange/conversation.ts';
import type { RequestHead } from '../http1/head.ts';
import type { Client } from '../ingress/client.ts';
import { along, type Dispatch } from '../ingress/dispatch.ts';
import { type Target, targetOf } from '../ingress/target.ts';
import type { Address } from '../instances/connection.ts';
import { Connections } from '../instances/connections.ts';
import { Passage } from './passage.ts';
import { Tunnel } from './tunnel.ts';

/** @param host under `svc.cluster.local`, in lower case: `broker-ingress.knative-eventing.svc.cluster.local` */
export type ResolveOther = (host: string, port: number | undefined) => { readonly port: number } | undefined;

export interface NamesOptions {
  readonly dispatch: Dispatch;
  readonly clock: Clock;
  readonly resolveOther: ResolveOther;
}

const DOMAIN = '.svc.cluster.local';
const SHORT_DOMAIN = '.svc';
const HTTP_PORT = 80;
const HTTPS_PORT = 443;

export class Names {
  readonly #options: NamesOptions;
  /** To what else is on this machine, by port. */
  readonly #callers = new Map<number, Connections>();

  constructor(options: NamesOptions) {
    this.#options = options;
  }

  onRequest(request: RequestHead, client: Client): Conversation | undefined {
    const target = targetOf(request);
    const { routes } = this.#options.dispatch;
    const full = fullName(target.host);
    const split = routes.find(full ?? target.host);
    const isConnect = request.method === 'CONNECT';
    if (split !== undefined) {
      if (!isConnect) return along(this.#options.dispatch, split, target, request, client);
      this.#enter(target, client);
      return undefined;
    }

    const other = full === undefined ? undefined : this.#options.resolveOther(full, target.port);
    if (other !== undefined) {
      if (isConnect) return new Tunnel({ port: other.port }, target.authority, client);
      return this.#pass(request, target, this.#callerTo(other.port), client);
    }
    if (full !== undefined) {
      client.answer(502, unknown(full, routes.near(full, 'cluster')));
      return undefined;
    }
    return this.#outside(request, target, client);
  }

  close(): void {
    for (const caller of this.#callers.values()) caller.close();
  }

  /** A tunnel to a Route: what comes through it are its requests, which name their host again. */
  #enter({ host, port }: Target, client: Client): void {
    if (port === HTTPS_PORT) client.answer(502, `"${host}" is served without TLS: ask for it with http://\n`);
    else client.established(false);
  }

  #outside(request: RequestHead, target: Target, client: Client): Conversation | undefined {
    if (request.method === 'CONNECT') {
      if (target.port === undefined) {
        client.answer(400, `CONNECT needs a port: ${target.host}:443\n`);
        return undefined;
      }
      return new Tunnel({ host: bare(target.host), port: target.port }, target.authority, client);
    }
    if (request.target.startsWith('/') || request.target === '*') {
      client.answer(
        400,
        `this is a proxy: it takes URLs such as http://${target.host}/, and paths alone for hosts of the cluster\n`,
      );
      return undefined;
    }
    const caller = new Connections({ host: bare(target.host), port: target.port ?? HTTP_PORT }, this.#options.clock);
    // for one request
    caller.close();
    return this.#pass(request, target, caller, client);
  }

  #pass(request: RequestHead, target: Target, caller: Connections, client: Client): Conversation {
    return new Passage(request, { path: target.path, authority: target.authority, caller }, client);
  }

  #callerTo(port: number): Connections {
    const known = this.#callers.get(port);
    if (known !== undefined) return known;
    const caller = new Connections({ port } satisfies Address, this.#options.clock);
    this.#callers.set(port, caller);
    return caller;
  }
}

/** `hello.shop.svc` as `hello.shop.svc.cluster.local`; undefined for a name of the world. */
export function fullName(host: string): string | undefined {
  if (host.endsWith(DOMAIN)) return host;
  return host.endsWith(SHORT_DOMAIN) ? `${host}.cluster.local` : undefined;
}

function unknown(host: string, near: string | undefined): string {
  const hint =
    near === undefined
      ? 'it would be that of a Knative Service, of a broker or of a Service'
      : `did you mean "${near}"?`;
  return `no "${host}" is there: ${hint}\n`;
}

/** `[::1]` as `::1`. */
function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
