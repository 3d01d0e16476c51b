/** Starts the real app on a free port of this machine, and asks it over real HTTPS. */
import { Agent, request } from 'node:https';
import { afterAll, jest } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../src/kubernetes/json.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { inventoryOf } from '../../../src/policy/engine/inventory.ts';
import type { Catalogue } from '../../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { type LogLevel, makeLogger } from '../../../src/process/log.ts';
import type { ClusterView, PolicyStore } from '../../../webhooks/dependencies.ts';
import type { Facts } from '../../../webhooks/review/review.ts';
import { makeApp } from '../../../webhooks/server/app.ts';
import type { ClientAuthorities } from '../../../webhooks/server/clientCa.ts';
import { gateFor } from '../../../webhooks/server/clients.ts';
import { readiness } from '../../../webhooks/server/health.ts';
import { Metrics } from '../../../webhooks/server/metrics.ts';
import { type RunningServer, startServer, type Times } from '../../../webhooks/server/server.ts';
import { NOW } from '../../policy/builders.ts';
import { ENVIRONMENTS, policyOf } from '../../properties/judging.ts';
import { aCertificate, TestCertificates } from './certificates.ts';

export interface Setup {
  readonly policies?: PolicyStore;
  /** The other objects of the cluster. */
  readonly beside?: readonly JsonObject[];
  readonly cluster?: Partial<ClusterView>;
  readonly catalogue?: Catalogue;
  readonly certificates?: TestCertificates;
  readonly clients?: ClientAuthorities;
  readonly now?: () => Date;
  readonly isWarm?: () => boolean;
  readonly times?: Partial<Times>;
  readonly logLevel?: LogLevel;
}

/** A line of the log, as it was parsed. */
export type LogLine = { readonly [key: string]: unknown; readonly msg: string; readonly level: string };

export interface Running {
  readonly port: number;
  readonly server: RunningServer;
  readonly certificates: TestCertificates;
  readonly agent: Agent;
  readonly metrics: Metrics;
  /** What was reviewed, in order. */
  readonly facts: Facts[];
  readonly logged: LogLine[];
  /** From here on the server says that it goes. */
  leave(): void;
  send(path: string, options?: Sending): Promise<Answered>;
  /** Sends a review, and reads the response of the answered one. */
  review(path: string, request: JsonObject): Promise<Response>;
}

export interface Sending {
  readonly method?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** `response` of the AdmissionReview that came back. */
export interface Response {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
  readonly patch?: string;
  readonly patchType?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** The shipped policies. */
export const shippedStore: PolicyStore = storeOf(ENVIRONMENTS.map((name) => policyOf(name)));

export function storeOf(policies: readonly EffectivePolicy[], hash = '0123456789ab'): PolicyStore {
  const byName = new Map(policies.map((policy) => [policy.name, policy]));
  return {
    policyFor: (environment) => byName.get(environment),
    environments: () => [...byName.keys()].sort(),
    hash: () => hash,
  };
}

/** Machines that build other things meanwhile are slow. */
jest.setTimeout(60_000);

/** For those who do not look at it. */
const usual = aCertificate();

const running: Running[] = [];
afterAll(async () => {
  for (const { server, agent } of running) {
    agent.destroy();
    await server.close(0);
  }
});

export async function start(setup: Setup = {}): Promise<Running> {
  const { policies = shippedStore, certificates = new TestCertificates(usual), now = () => NOW } = setup;
  const cluster: ClusterView = {
    inventory: inventoryOf(setup.beside ?? []),
    hasSynced: () => true,
    ages: () => new Map(),
    ...setup.cluster,
  };
  const used = setup.catalogue ?? catalogue;
  const logged: LogLine[] = [];
  const log = makeLogger(setup.logLevel ?? 'debug', { write: (line) => logged.push(JSON.parse(line)) });
  const metrics = new Metrics({ policies, cluster, certificates, lostEvents: () => 3 });
  const facts: Facts[] = [];
  let isLeaving = false;
  const isDraining = () => isLeaving;
  const listener = makeApp({
    policies,
    cluster,
    catalogue: used,
    metrics,
    log,
    readiness: () =>
      readiness({ policies, cluster, certificates, isWarm: setup.isWarm ?? (() => true), isDraining, now }),
    isDraining,
    now,
    ...(setup.clients === undefined ? {} : { gate: gateFor(setup.clients, log) }),
    onReview: (each) => facts.push(each),
  });
  const server = await startServer({
    port: 0,
    bind: '127.0.0.1',
    certificates,
    ...(setup.clients === undefined ? {} : { clients: setup.clients }),
    listener,
    log,
    times: setup.times ?? {},
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false });
  const { port } = server;
  const app: Running = {
    port,
    server,
    certificates,
    agent,
    metrics,
    facts,
    logged,
    leave: () => {
      isLeaving = true;
    },
    send: (path, options) => send({ port, agent }, path, options),
    review: async (path, asked) => {
      const { status, text } = await send({ port, agent }, path, { method: 'POST', body: reviewText(asked) });
      if (status !== 200) throw new Error(`${status}: ${text}`);
      return JSON.parse(text).response;
    },
  };
  running.push(app);
  return app;
}

export function send(
  { port, agent, ca }: { readonly port: number; readonly agent: Agent; readonly ca?: string },
  path: string,
  { method = 'GET', body, headers = {} }: Sending = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const hasNoLength = body === undefined || 'transfer-encoding' in headers;
    const length = hasNoLength ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const verification = ca === undefined ? { rejectUnauthorized: false } : { ca };
    const asked = request(
      { host: '127.0.0.1', port, path, method, agent, headers: { ...length, ...headers }, ...verification },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        response.on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

/** An AdmissionReview as the API server sends it; the request's fields may be anything. */
export function reviewText(asked: JsonObject): string {
  const request: JsonObject = {
    uid: 'u-1',
    operation: 'CREATE',
    namespace: 'shop',
    name: 'cart',
    userInfo: { username: 'dev@example.com', groups: ['system:authenticated'] },
    dryRun: false,
    ...asked,
  };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
}

/** The operations of a response's patch. */
export function patchOf({ patch }: Response): { op: 'add' | 'replace' | 'remove'; path: string; value: JsonValue }[] {
  return patch === undefined ? [] : JSON.parse(Buffer.from(patch, 'base64').toString('utf8'));
}

/** The value of a metric with exactly these labels; undefined where there is no such series. */
export async function metricOf(
  { metrics }: Running,
  name: string,
  labels: Readonly<Record<string, string | number>> = {},
): Promise<number | undefined> {
  const metric = await metrics.registry.getSingleMetric(name)?.get();
  const wanted = JSON.stringify(Object.entries(labels).sort());
  const entry = metric?.values.find((value) => JSON.stringify(Object.entries(value.labels).sort()) === wanted);
  return entry?.value;
}
