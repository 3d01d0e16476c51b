/**
 * An API server in a few lines, on loopback: it stores objects, gives them resourceVersions, lists in pages and watches,
 * and can be told to misbehave. What it does is what kube-apiserver does as far as a client sees it.
 */
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { apiVersionOf, type Resource } from '../../../src/kubernetes/client/resource.ts';
import { isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../src/kubernetes/json.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: JsonValue | undefined;
}

/** Answers a request in the server's place; false lets the server do it. */
export type Fault = (request: SeenRequest, response: ServerResponse) => boolean;

interface Watcher {
  readonly resource: Resource;
  readonly namespace: string;
  readonly response: ServerResponse;
}

interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly object: JsonObject;
}

export class FakeApiServer {
  readonly requests: SeenRequest[] = [];
  /** Asked in their order before each request. */
  readonly faults: Fault[] = [];
  /** As servers before WatchList: sendInitialEvents is refused. */
  isOld = false;
  readonly #server: Server;
  readonly #resources: Resource[] = [];
  readonly #objects = new Map<string, JsonObject>();
  readonly #history: Change[] = [];
  readonly #watchers = new Set<Watcher>();
  #version = 100;
  #port = 0;
  #compactedAt = 0;

  private constructor(tls: https.ServerOptions | undefined) {
    const listener = (request: IncomingMessage, response: ServerResponse): void => void this.#answer(request, response);
    this.#server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  }

  static async start(resources: readonly Resource[], tls?: https.ServerOptions, port = 0): Promise<FakeApiServer> {
    const server = new FakeApiServer(tls);
    server.#resources.push(...resources);
    await new Promise<void>((resolve) => server.#server.listen(port, '127.0.0.1', resolve));
    server.#port = (server.#server.address() as AddressInfo).port;
    return server;
  }

  /** Also once it is closed. */
  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `${this.#server instanceof https.Server ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  install(resource: Resource): void {
    this.#resources.push(resource);
  }

  /** As deleting its CustomResourceDefinition does. */
  uninstall(resource: Resource): void {
    this.#resources.splice(this.#resources.indexOf(resource), 1);
    for (const watcher of this.#watchers) if (watcher.resource === resource) watcher.response.end();
  }

  put(resource: Resource, object: JsonObject): JsonObject {
    const key = keyFor(
      resource,
      stringAt(object, 'metadata', 'namespace') ?? '',
      stringAt(object, 'metadata', 'name') ?? '',
    );
    const type = this.#objects.has(key) ? 'MODIFIED' : 'ADDED';
    const metadata = {
      uid: `uid-${this.#version + 1}`,
      ...objectAt(this.#objects.get(key), 'metadata'),
      ...objectAt(object, 'metadata'),
    };
    return this.#store(key, { version: ++this.#version, type, resource, object: { ...object, metadata } });
  }

  remove(resource: Resource, namespace: string, name: string): void {
    const key = keyFor(resource, namespace, name);
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#store(key, { version: ++this.#version, type: 'DELETED', resource, object });
    this.#objects.delete(key);
  }

  get(resource: Resource, namespace: string, name: string): JsonObject | undefined {
    return this.#objects.get(keyFor(resource, namespace, name));
  }

  /** What was before is forgotten: a watch from there is answered with 410 Gone. */
  compact(): void {
    this.#history.length = 0;
    this.#compactedAt = ++this.#version;
  }

  bookmark(resource: Resource): void {
    const object = {
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: { resourceVersion: `${this.#version}` },
    };
    this.sendLine(resource, { type: 'BOOKMARK', object });
  }

  sendLine(resource: Resource, event: JsonObject): void {
    this.sendBytes(resource, `${JSON.stringify(event)}\n`);
  }

  /** Anything at all, to those who watch the resource. */
  sendBytes(resource: Resource, bytes: string | Uint8Array): void {
    for (const watcher of this.#watchers) if (watcher.resource === resource) watcher.response.write(bytes);
  }

  /** Ends the watches as a server does whose time for them is over. */
  endWatches(): void {
    for (const { response } of this.#watchers) response.end();
  }

  /** Cuts every connection, as a server that dies does. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #store(key: string, change: Change): JsonObject {
    const metadata = { ...objectAt(change.object, 'metadata'), resourceVersion: `${change.version}` };
    const object = { ...change.object, metadata };
    const stored = { ...change, object };
    this.#objects.set(key, object);
    this.#history.push(stored);
    for (const watcher of this.#watchers) this.#tell(watcher, stored);
    return object;
  }

  #tell(watcher: Watcher, { resource, type, object }: Change): void {
    if (watcher.resource !== resource) return;
    if (watcher.namespace !== '' && stringAt(object, 'metadata', 'namespace') !== watcher.namespace) return;
    watcher.response.write(`${JSON.stringify({ type, object })}\n`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await seenRequest(request);
    this.requests.push(seen);
    if (this.faults.some((fault) => fault(seen, response))) return;

    const found = this.#find(seen.path);
    if (found === undefined)
      return refuse(response, 404, 'NotFound', 'the server could not find the requested resource');
    const { resource, namespace, name } = found;
    if (seen.method === 'POST') return this.#create(resource, namespace, seen, response);
    if (name === '')
      return seen.query.has('watch') ? this.#watch(found, seen, response) : this.#list(found, seen, response);

    const key = keyFor(resource, namespace, name);
    const stored = this.#objects.get(key);
    if (stored === undefined) return refuse(response, 404, 'NotFound', `${resource.plural} "${name}" not found`);
    if (seen.method === 'GET') return reply(response, 200, stored);
    if (seen.method === 'DELETE') {
      this.remove(resource, namespace, name);
      return reply(response, 200, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
    }
    if (!isObject(seen.body)) return refuse(response, 400, 'BadRequest', 'the body is no object');
    const written = seen.method === 'PATCH' ? merged(stored, seen.body) : seen.body;
    const version = stringAt(seen.body, 'metadata', 'resourceVersion');
    if (version !== undefined && version !== stringAt(stored, 'metadata', 'resourceVersion')) {
      return refuse(
        response,
        409,
        'Conflict',
        `Operation cannot be fulfilled on ${resource.plural} "${name}": the object has been modified`,
      );
    }
    reply(response, 200, this.put(resource, isObject(written) ? written : {}));
  }

  #find(path: string): { resource: Resource; namespace: string; name: string } | undefined {
    for (const resource of this.#resources) {
      const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
      const match = new RegExp(`^${root}(?:/namespaces/([^/]+))?/${resource.plural}(?:/([^/]+))?(?:/status)?$`).exec(
        path,
      );
      if (match !== null) return { resource, namespace: match[1] ?? '', name: match[2] ?? '' };
    }
    return undefined;
  }

  #create(resource: Resource, namespace: string, { body }: SeenRequest, response: ServerResponse): void {
    const name =
      stringAt(body, 'metadata', 'name') ?? `${stringAt(body, 'metadata', 'generateName') ?? ''}${this.#version}`;
    const home = resource.isNamespaced ? { namespace } : {};
    if (!isObject(body)) refuse(response, 400, 'BadRequest', 'the body is no object');
    else if (this.#objects.has(keyFor(resource, namespace, name))) {
      refuse(response, 409, 'AlreadyExists', `${resource.plural} "${name}" already exists`);
    } else
      reply(response, 201, this.put(resource, { ...body, metadata: { ...objectAt(body, 'metadata'), ...home, name } }));
  }

  /** Items of the server's own kinds come without apiVersion and kind. */
  #list(
    { resource, namespace }: { resource: Resource; namespace: string },
    { query }: SeenRequest,
    response: ServerResponse,
  ): void {
    const all = this.#allOf(resource, namespace);
    const start = Number(query.get('continue') ?? 0);
    const limit = Number(query.get('limit') ?? 0) || all.length;
    const items = all
      .slice(start, start + limit)
      .map((object) => (resource.group.includes('.dev') ? object : untyped(object)));
    const next = start + limit < all.length ? { continue: String(start + limit) } : {};
    reply(response, 200, {
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata: { resourceVersion: `${this.#version}`, ...next },
      items,
    });
  }

  #allOf(resource: Resource, namespace: string): JsonObject[] {
    return [...this.#objects]
      .filter(([key]) => key.startsWith(keyFor(resource, namespace, '').replace(/\/$/, '')))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, object]) => object);
  }

  /** As `sendInitialEvents` asks for: everything, and then that this was all. */
  #tellAll({ resource, namespace, response }: Watcher): void {
    for (const object of this.#allOf(resource, namespace)) {
      response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
    }
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    const metadata = { resourceVersion: `${this.#version}`, annotations };
    const object = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
    response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  #watch(
    { resource, namespace }: { resource: Resource; namespace: string },
    { query }: SeenRequest,
    response: ServerResponse,
  ): void {
    const isInitial = query.get('sendInitialEvents') === 'true';
    if (isInitial && this.isOld) {
      const forbidden = 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled';
      refuse(response, 422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: ${forbidden}`);
      return;
    }
    const from = Number(query.get('resourceVersion') ?? (isInitial ? this.#version : 0));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from < this.#compactedAt) {
      const object = statusOf(410, 'Expired', `too old resource version: ${from} (${this.#compactedAt})`);
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      return;
    }
    const watcher = { resource, namespace, response };
    this.#watchers.add(watcher);
    if (isInitial) this.#tellAll(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
    for (const change of this.#history) if (change.version > from) this.#tell(watcher, change);
  }
}

export function statusOf(code: number, reason: string, message: string): JsonObject {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

export function reply(response: ServerResponse, status: number, body: JsonValue): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  reply(response, code, statusOf(code, reason, message));
}

function keyFor({ group, plural }: Resource, namespace: string, name: string): string {
  return namespace === '' && name === '' ? `${group}|${plural}/` : `${group}|${plural}/${namespace}/${name}`;
}

function untyped({ apiVersion: _, kind: __, ...rest }: JsonObject): JsonObject {
  return rest;
}

/** A merge patch, RFC 7386. */
function merged(target: JsonValue | undefined, patch: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(patch)) return patch;
  const result: Record<string, JsonValue | undefined> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

async function seenRequest(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'http://localhost');
  return {
    method: request.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: request.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}
