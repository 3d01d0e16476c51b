/**
 * `weir up` for the tests of the examples: a process of its own, on ports that are free and in a folder of its own, with
 * the example's weir.yaml. Manifests are applied as kubectl does, and everything is waited for by what is to be seen.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { CloudEvent, HTTP } from 'cloudevents';
import { parse, stringify } from 'yaml';
import { applyAll } from '../../src/cli/up/apply.ts';
import { services } from '../../src/knative/resources.ts';
import { type Client, clientOver } from '../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../src/kubernetes/client/connection.ts';
import { discoveryOf, type FindResource } from '../../src/kubernetes/client/discovery.ts';
import { pods } from '../../src/kubernetes/client/resources.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import type { Trace, TracedEvent } from '../../src/platform/eventing/api/shapes.ts';
import { weir } from '../cli/harness.ts';
import { objectsOf } from '../overlays/read.ts';

/** From its sources, as bin/weir.js runs what is built of them. */
const MAIN = `import { main } from ${JSON.stringify(pathToFileURL('src/cli/main.ts').href)}; process.exitCode = await main(process.argv.slice(1));`;
/** Of a machine that is ten times slower. */
export const PATIENCE_MS = 240_000;

export interface PlatformOptions {
  /** Where everything is applied; `default`, which no policy judges, unless said. */
  readonly namespace?: string;
  /** For the programs, above what the example's weir.yaml says; of the test's folder, in which `state` is STATE_FOLDER. */
  env?(folder: string): Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly source?: string;
  readonly subject?: string;
  readonly data?: unknown;
  /** Extensions. */
  readonly [name: string]: unknown;
}

/**
 * @param example the folder's name under examples/
 * @example
 * const platform = await startPlatform('saga');
 * await platform.apply('saga.yaml');                       // resolves when all of it is Ready
 * await platform.send({ id: 'o-1', type: 'order.placed' });
 * await platform.until(async () => flat(await platform.trace('o-1')).length === 5, 'the saga has ended');
 * await platform.end();
 */
export async function startPlatform(example: string, options: PlatformOptions = {}): Promise<Platform> {
  const platform = new Platform(path.resolve('examples', example), options);
  await platform.start('--ingress-port', '0');
  return platform;
}

/** A trace's events, each before those that came of it. */
export function flat({ events }: Trace): TracedEvent[] {
  return events.flatMap((each) => [
    each,
    ...flat({ events: [...each.lanes.flatMap(({ answers }) => answers), ...each.repeats] }),
  ]);
}

/** Their types, in that order. */
export function typesIn(trace: Trace): string[] {
  return flat(trace).map(({ event }) => String(event.type));
}

export class Platform {
  /** Of this test: `.weir`, `state`, `project/weir.yaml`. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'weir-example-'));
  readonly example: string;
  readonly namespace: string;
  #process: ChildProcess | undefined;
  #output = '';
  #connection: Connection | undefined;
  #client: Client | undefined;
  #find: FindResource | undefined;

  constructor(example: string, { namespace = 'default', env }: PlatformOptions) {
    this.example = example;
    this.namespace = namespace;
    mkdirSync(path.join(this.folder, 'project'));
    const text = configurationOf(example, { STATE_FOLDER: path.join(this.folder, 'state'), ...env?.(this.folder) });
    writeFileSync(path.join(this.folder, 'project/weir.yaml'), text);
  }

  get kubeconfig(): string {
    return path.join(this.folder, '.weir/kubeconfig');
  }

  get client(): Client {
    if (this.#client === undefined) throw new Error('weir up is not running');
    return this.#client;
  }

  /** Again after `kill`, too: on the same folder, and without options on the same ports. */
  async start(...options: string[]): Promise<void> {
    const args = ['up', path.join(this.folder, 'project'), '--port', '0', ...options];
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', MAIN, '--', ...args], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      // as bin/weir.js does it: the programs run on the Node that the platform runs on
      env: { ...process.env, PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter) },
    });
    this.#process = child;
    this.#output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (this.#output += chunk));
    await this.until(() => this.#output.includes('Ctrl-C stops') || hasEnded(child), 'weir up');
    if (hasEnded(child)) throw new Error(this.#output);
    this.#connection = await connect({ kubeconfig: this.kubeconfig, environment: {}, clock: systemClock });
    this.#client = clientOver(this.#connection);
    this.#find = discoveryOf(this.#client);
  }

  /** As a power cut without the loss of the disk. */
  async kill(): Promise<void> {
    await this.#stop('SIGKILL');
  }

  async end(): Promise<void> {
    await this.#stop('SIGINT');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  async #stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#connection?.close();
    this.#client = undefined;
    if (child === undefined || hasEnded(child)) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** Waits for a condition, which is asked for every 50 ms. */
  async until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!(await isSo())) {
      if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Files of the example, or objects; resolves when each of them is ready that says so of itself. */
  async apply(...manifests: readonly (string | JsonObject)[]): Promise<void> {
    const objects = manifests.flatMap((each) => (typeof each === 'string' ? this.objects(each) : [this.#placed(each)]));
    await this.applyOnly(...objects);
    for (const object of objects) await this.isReady(object);
    // what was ready may have been changed by what came after it, as a Service is by a SinkBinding
    for (const object of objects) await this.isReady(object);
  }

  /** The same without waiting. */
  async applyOnly(...objects: readonly JsonObject[]): Promise<void> {
    const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
    const find: FindResource = async (apiVersion, kind) => this.#find?.(apiVersion, kind);
    await applyAll(objects, { client: this.client, find, wait });
  }

  /** What a file of the example holds, in the namespace. */
  objects(file: string): JsonObject[] {
    return objectsOf(path.join(this.example, file)).map((each) => this.#placed(each));
  }

  #placed(object: JsonObject): JsonObject {
    return { ...object, metadata: { namespace: this.namespace, ...objectAt(object, 'metadata') } };
  }

  async isReady(object: JsonObject): Promise<void> {
    let now = object;
    const isReady = async () => {
      now = await this.get(object);
      return isReadyNow(now);
    };
    await this.until(isReady, `${stringAt(object, 'kind')} ${nameOf(object)} is ready`).catch((error: unknown) => {
      throw new Error(`${error}\n${JSON.stringify(now.status, null, 2)}`);
    });
  }

  /** As it is now. */
  async get(object: JsonObject): Promise<JsonObject> {
    const resource = await this.#find?.(stringAt(object, 'apiVersion') ?? '', stringAt(object, 'kind') ?? '');
    if (resource === undefined) throw new Error(`nobody serves ${stringAt(object, 'kind')}`);
    const namespace = stringAt(object, 'metadata', 'namespace') ?? this.namespace;
    return this.client.get(resource, { namespace, name: nameOf(object) });
  }

  /** Sends an event to the URL of a Broker, a Channel or whatever else has an address. @returns the status */
  async send(event: SentEvent, to: JsonObject = BROKER): Promise<number> {
    const url = stringAt(await this.get(to), 'status', 'address', 'url') ?? '';
    const { headers, body } = HTTP.binary(new CloudEvent({ source: '/test', ...event }));
    const answer = await fetch(url, { method: 'POST', headers: new Headers(headers as never), body: String(body) });
    await answer.arrayBuffer();
    return answer.status;
  }

  /** Asks a Knative Service at its URL. With a body it is a POST. */
  async ask(service: string, at = '/', body?: string, method = body === undefined ? 'GET' : 'POST'): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return askAt(new URL(at, await this.#urlOf(service)), { method, headers, ...(body === undefined ? {} : { body }) });
  }

  /** Sends an event to a Knative Service itself, as a source does. */
  async bring(service: string, event: SentEvent): Promise<Answer> {
    const { headers, body } = HTTP.binary(new CloudEvent({ source: '/test', ...event }));
    return askAt(await this.#urlOf(service), { method: 'POST', headers, body: String(body ?? '') });
  }

  async #urlOf(service: string): Promise<URL> {
    const object = await this.client.get(services, { namespace: this.namespace, name: service });
    return new URL(stringAt(object, 'status', 'url') ?? '');
  }

  /** `weir events trace ID -o json`; nothing while the event is not known. */
  async trace(id: string): Promise<Trace> {
    const { code, stdout } = await this.events('trace', id, '-n', this.namespace, '-o', 'json');
    return code === 0 ? JSON.parse(stdout) : { events: [] };
  }

  /** `weir events …` */
  async events(
    ...args: string[]
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
    return weir(['events', ...args, '--kubeconfig', this.kubeconfig]);
  }

  /** What a service has written: of a SQLite file in the test's folder, `state/payment.db`. Nothing while it is not there. */
  rows(file: string, sql: string): Record<string, SQLOutputValue>[] {
    const at = path.join(this.folder, file);
    if (!existsSync(at)) return [];
    const database = new DatabaseSync(at, { readOnly: true, timeout: 10_000 });
    try {
      // without the object's null prototype, which matchers tell apart
      return database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
    } finally {
      database.close();
    }
  }

  /** What the Pods with the label have logged, in the order of their names. */
  async logs(labelSelector: string): Promise<string> {
    const { items } = await this.client.list(pods, { namespace: this.namespace, labelSelector });
    const paths = items.map((pod) => `/api/v1/namespaces/${this.namespace}/pods/${nameOf(pod)}/log`);
    // the answer is text, or JSON where the log happens to be
    const texts = await Promise.all(paths.map((each) => this.client.read(each)));
    return texts.map((text) => (typeof text === 'string' ? text : JSON.stringify(text))).join('');
  }
}

/** Of the namespace: the one that most examples have. */
const BROKER: JsonObject = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { name: 'default' } };

/** The example's, whose programs run where they are, with these variables. */
function configurationOf(example: string, env: Readonly<Record<string, string>>): string {
  const { images = {}, ...rest } = parse(readFileSync(path.join(example, 'weir.yaml'), 'utf8'));
  for (const image of Object.values<{ cwd?: string; env?: object }>(images)) {
    image.cwd = path.resolve(example, image.cwd ?? '.');
    image.env = { ...image.env, ...env };
  }
  if (typeof rest.policies === 'string') rest.policies = path.resolve(example, rest.policies);
  return stringify({ ...rest, images });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** By its condition Ready, or its replicas; what says neither of itself is ready. */
function isReadyNow(object: JsonObject): boolean {
  const group = stringAt(object, 'apiVersion')?.split('/')[0] ?? '';
  if (object.kind === 'Deployment') {
    return (numberAt(object, 'status', 'readyReplicas') ?? 0) >= (numberAt(object, 'spec', 'replicas') ?? 1);
  }
  if (!group.endsWith('.knative.dev')) return true;
  const isOfNow = numberAt(object, 'status', 'observedGeneration') === numberAt(object, 'metadata', 'generation');
  const ready = arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
  return isOfNow && isObject(ready) && ready.status === 'True';
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** The URL's host is one of this machine, which not every resolver knows. */
export function askAt(url: URL, { method = 'GET', headers = {}, body }: AskOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const at = { host: '127.0.0.1', port: url.port, path: url.pathname + url.search };
    const asked = request({ ...at, method, headers: { ...headers, host: url.host } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
