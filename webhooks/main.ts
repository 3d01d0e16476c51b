/** Puts the admission server together, runs it, and ends it. Wiring only: what each part does stands in its folder. */
import { catalogue } from '../src/policy/catalogue.ts';
import { EMPTY_INVENTORY } from '../src/policy/engine/inventory.ts';
import { announcerFor } from '../src/process/cloudEvents/announcer.ts';
import { type Logger, type LogLevel, makeLogger } from '../src/process/log.ts';
import { serveMetrics } from '../src/process/metrics/server.ts';
import { PolicyFolder, type ReloadListener } from '../src/process/policies/store.ts';
import { awaitSignal } from '../src/process/signals.ts';
import { StartFailure } from '../src/process/startFailure.ts';
import type { ClusterView } from './dependencies.ts';
import { type ClusterOptions, goLive, type Live } from './live.ts';
import { makeApp } from './server/app.ts';
import { CertificateFiles } from './server/certificateFiles.ts';
import { ClientCa } from './server/clientCa.ts';
import { gateFor } from './server/clients.ts';
import { brokenGlass, NOBODY, policiesAccepted, policiesRefused, type Recorder } from './server/happenings.ts';
import { readiness } from './server/health.ts';
import { Metrics } from './server/metrics.ts';
import { newsOf } from './server/news.ts';
import { startServer } from './server/server.ts';
import { warmUpBeside } from './warmUp.ts';

export { makeLogger };

export interface WebhookOptions {
  /** Absolute. */
  readonly policies: string;
  readonly port: number;
  readonly bind: string;
  /** Absolute paths of PEM files; without them the server keeps a certificate of its own in the cluster. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Absolute path of a PEM bundle: reviews are answered to clients alone that show a certificate of one of these CAs. */
  readonly clientCa?: string;
  /** Without it there are no other objects and no exceptions. */
  readonly cluster?: ClusterOptions;
  /** An own port for /metrics, without TLS; it is answered at the other port as well. */
  readonly metrics?: { readonly port: number; readonly bind: string };
  /** Where CloudEvents go, and what their source begins with; nowhere unless set. */
  readonly events?: { readonly sink: string; readonly source: string };
  readonly logLevel: LogLevel;
  /** Absolute; the log goes to standard output without it. */
  readonly logFile?: string;
  /** Milliseconds of work for which the engine judges its own examples before the server is ready; ready at once without. */
  readonly warmUp?: number;
  /** Milliseconds for which requests are still taken after the first signal, while the cluster learns that this one goes. */
  readonly drainDelay: number;
}

export interface Surroundings {
  readonly now: () => Date;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard output where none is given. */
  readonly log?: Logger;
  /** Hears of changed policies, too. */
  readonly policies?: ReloadListener;
  /** The warm-up begins no earlier: it takes time from whatever else is started in this process. */
  readonly mayWarmUp?: Promise<void>;
}

export interface Webhook {
  readonly port: number;
  readonly metricsPort: number | undefined;
  /** Not ready any more, then no new connections, then the end: true where every request got its answer. */
  stop(): Promise<boolean>;
}

/** A container gets so long, less the delay, before it is killed. */
const DRAIN_DEADLINE = 20_000;

export async function startWebhook(options: WebhookOptions, surroundings: Surroundings): Promise<Webhook> {
  const { now, environment, log = makeLogger(options.logLevel, options.logFile) } = surroundings;
  const { tls, cluster: clusterOptions } = options;
  const stops: (() => unknown)[] = [];
  try {
    const reloads = new Reloads(log, clusterOptions, surroundings.policies);
    const policies = await PolicyFolder.open({
      folder: options.policies,
      shownAs: options.policies,
      listener: reloads,
    });
    stops.push(() => policies.close());
    const files = tls && (await CertificateFiles.open({ ...tls, log }));
    stops.push(() => files?.close());
    const clients = options.clientCa === undefined ? undefined : await ClientCa.open({ file: options.clientCa, log });
    stops.push(() => clients?.close());
    const live: Live =
      clusterOptions === undefined
        ? ALONE
        : await goLive({ cluster: clusterOptions, policies, keepsCertificate: files === undefined, log, environment });
    stops.push(() => live.stop());
    const certificates = files ?? live.certificates;
    if (certificates === undefined) throw new StartFailure('without a cluster the certificate comes from files');

    const { view: cluster, events, statuses } = live;
    const lostWrites = () => events.lost() + statuses.lost();
    const metrics = new Metrics({ policies, cluster, certificates, lostEvents: lostWrites });
    reloads.tellTo({ metrics, events, statuses });
    const announcer = options.events && announcerFor(options.events, { log, registry: metrics.registry });
    stops.push(() => announcer?.stop());
    let isLeaving = false;
    const isDraining = () => isLeaving;
    let isWarm = options.warmUp === undefined;
    const listener = makeApp({
      policies,
      cluster,
      catalogue,
      metrics,
      log,
      readiness: () => readiness({ policies, cluster, certificates, isWarm: () => isWarm, isDraining, now }),
      isDraining,
      now,
      ...(clients === undefined ? {} : { gate: gateFor(clients, log) }),
      onReview: (facts) => {
        const happening = brokenGlass(facts);
        if (happening !== undefined) events.record(happening);
        if (announcer !== undefined) for (const news of newsOf(facts)) announcer.announce('webhook', news);
      },
    });
    const { port: wanted, bind } = options;
    const server = await startServer({
      port: wanted,
      bind,
      certificates,
      listener,
      log,
      ...(clients === undefined ? {} : { clients }),
    });
    stops.push(() => server.close(0));
    const metricsServer = options.metrics && (await serveMetrics({ ...options.metrics, registry: metrics.registry }));
    stops.push(() => metricsServer?.close());
    policies.watch();
    files?.watch();
    clients?.watch();
    const about = { port: server.port, bind, policies: policies.environments(), hash: policies.hash() };
    if (certificates.current() !== undefined) log.info(about, 'listening');
    else log.info(about, 'listening, without a certificate yet: until the cluster has one, no connection comes about');
    if (options.warmUp !== undefined) {
      const sight = { policies, inventory: cluster.inventory, catalogue, now: now() };
      const warmingUp = { sight, budget: options.warmUp, isOver: isDraining };
      Promise.resolve(surroundings.mayWarmUp)
        .then(() => warmUpBeside(warmingUp, log))
        .then(() => {
          isWarm = true;
        });
    }

    return {
      port: server.port,
      metricsPort: metricsServer?.port,
      stop: async () => {
        isLeaving = true;
        log.info({ delay: options.drainDelay }, 'leaving');
        // While this lasts, each answer asks its connection to go, and new requests still get theirs.
        await new Promise((resolve) => setTimeout(resolve, options.drainDelay));
        const isWhole = await server.close(DRAIN_DEADLINE);
        if (!isWhole) log.error('a request took too long and was cut off');
        await endAll(stops);
        log.info('gone');
        return isWhole;
      },
    };
  } catch (error) {
    await endAll(stops);
    throw error;
  }
}

/** The last that was started ends first. */
async function endAll(stops: (() => unknown)[]): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}

/** Without a cluster nobody knows of any other object; nothing is waited for, and nobody is told. */
const NO_CLUSTER: ClusterView = {
  inventory: { ...EMPTY_INVENTORY, knows: () => false },
  hasSynced: () => true,
  ages: () => new Map(),
};
const ALONE: Live = {
  view: NO_CLUSTER,
  events: NOBODY,
  statuses: { policiesChanged: () => {}, lost: () => 0 },
  certificates: undefined,
  stop: async () => {},
};

/** Who else hears of other policies. */
interface Others {
  readonly metrics: Metrics;
  readonly events: Recorder;
  readonly statuses: Live['statuses'];
}

/** Tells what became of a changed policy folder: to the log, the metrics and the cluster. */
class Reloads implements ReloadListener {
  readonly #log: Logger;
  readonly #cluster: ClusterOptions | undefined;
  readonly #listener: ReloadListener | undefined;
  #others: Others | undefined;

  constructor(log: Logger, cluster: ClusterOptions | undefined, listener: ReloadListener | undefined) {
    this.#log = log;
    this.#cluster = cluster;
    this.#listener = listener;
  }

  tellTo(others: Others): void {
    this.#others = others;
  }

  accepted(hash: string, gone: readonly string[]): void {
    this.#log.info({ hash, gone }, 'new policies judge');
    this.#listener?.accepted(hash, gone);
    this.#others?.metrics.reload(true);
    this.#others?.statuses.policiesChanged();
    if (this.#cluster !== undefined) this.#others?.events.record(policiesAccepted(hash, gone, at(this.#cluster)));
  }

  refused(errors: readonly string[]): void {
    this.#log.error(
      { errors: errors.slice(0, 20) },
      'the new policies cannot be used, and the last good ones judge on',
    );
    this.#listener?.refused(errors);
    this.#others?.metrics.reload(false);
    if (this.#cluster !== undefined) this.#others?.events.record(policiesRefused(errors, at(this.#cluster)));
  }
}

function at({ namespace, service }: ClusterOptions) {
  return { namespace, name: service };
}

/** Two seconds of work: after them a review takes as long as after ten. */
export const WARM_UP = 2000;

/**
 * Runs until the first SIGTERM or SIGINT, then drains; one that comes a second later ends at once, with the code that a
 * shell gives to what a signal ended.
 */
export async function runWebhook(options: WebhookOptions, surroundings: Surroundings): Promise<void> {
  const { log = makeLogger(options.logLevel, options.logFile) } = surroundings;
  // before it starts: who is asked to go as soon as it listens goes as at any other time
  const { asked, forget } = awaitSignal(log);
  try {
    const webhook = await startWebhook({ warmUp: WARM_UP, ...options }, { ...surroundings, log });
    await asked;
    await webhook.stop();
  } finally {
    forget();
  }
}
