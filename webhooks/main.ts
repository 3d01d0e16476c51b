/** Puts the admission server together, runs it, and ends it. Wiring only: what each part does stands in its folder. */
import { createServer, type Server } from 'node:http';
import { catalogue } from '../src/policy/catalogue.ts';
import { EMPTY_INVENTORY } from '../src/policy/engine/inventory.ts';
import type { ClusterView } from './dependencies.ts';
import { withSettingsOf } from './policies/clusterSettings.ts';
import { PolicyFolder } from './policies/store.ts';
import { makeApp, sendMetrics } from './server/app.ts';
import { CertificateFiles } from './server/certificateFiles.ts';
import { readiness } from './server/health.ts';
import { type Logger, type LogLevel, makeLogger } from './server/log.ts';
import { Metrics } from './server/metrics.ts';
import { type RunningServer, startServer, whyNot } from './server/server.ts';
import { StartFailure } from './startFailure.ts';

export interface WebhookOptions {
  /** Absolute. */
  readonly policies: string;
  readonly port: number;
  readonly bind: string;
  /** Absolute paths of PEM files. */
  readonly tls: { readonly certificate: string; readonly key: string };
  /** An own port for /metrics, without TLS; it is answered at the other port as well. */
  readonly metrics?: { readonly port: number; readonly bind: string };
  readonly logLevel: LogLevel;
  /** Milliseconds for which requests are still taken after the first signal, while the cluster learns that this one goes. */
  readonly drainDelay: number;
}

export interface Surroundings {
  readonly now: () => Date;
  readonly log?: Logger;
}

export interface Webhook {
  readonly port: number;
  readonly metricsPort: number | undefined;
  /** Not ready any more, then no new connections, then the end: true where every request got its answer. */
  stop(): Promise<boolean>;
}

/** A container gets 30 s in all before it is killed. */
const DRAIN_DEADLINE = 20_000;

export async function startWebhook(options: WebhookOptions, { now, log: given }: Surroundings): Promise<Webhook> {
  const log = given ?? makeLogger(options.logLevel);
  let metrics: Metrics | undefined;
  const folder = await PolicyFolder.open({
    folder: options.policies,
    shownAs: options.policies,
    listener: {
      accepted: (hash, gone) => {
        log.info({ hash, gone }, 'new policies judge');
        metrics?.reload(true);
      },
      refused: (errors) => {
        log.error({ errors: errors.slice(0, 20) }, 'the new policies cannot be used, and the old ones judge on');
        metrics?.reload(false);
      },
    },
  });
  const certificates = await CertificateFiles.open({ ...options.tls, log });
  const cluster = NO_CLUSTER;

  let isLeaving = false;
  const isDraining = () => isLeaving;
  const policies = withSettingsOf(cluster.inventory, folder);
  metrics = new Metrics({ policies, cluster, certificates, catalogue });
  const listener = makeApp({
    policies,
    cluster,
    catalogue,
    metrics,
    log,
    readiness: () => readiness({ policies, cluster, certificates, isDraining, now }),
    isDraining,
    now,
  });
  const server = await startServer({ port: options.port, bind: options.bind, certificates, listener, log });
  const metricsServer = options.metrics && (await serveMetrics(options.metrics, metrics));
  folder.watch();
  certificates.watch();
  log.info(
    { port: server.port, bind: options.bind, policies: policies.environments(), hash: policies.hash() },
    'ready',
  );

  return {
    port: server.port,
    metricsPort: metricsServer?.port,
    stop: async () => {
      isLeaving = true;
      log.info({ delay: options.drainDelay }, 'leaving');
      const isWhole = await drain(server, options.drainDelay);
      folder.close();
      certificates.close();
      await metricsServer?.close(0);
      if (!isWhole) log.error('a request took too long and was cut off');
      return isWhole;
    },
  };
}

/** Without a cluster nobody knows of any other object; nothing is waited for. */
const NO_CLUSTER: ClusterView = {
  inventory: { ...EMPTY_INVENTORY, knows: () => false },
  hasSynced: () => true,
  ages: () => new Map(),
};

/** While the delay lasts, each answer asks its connection to go, and new requests still get theirs. */
async function drain(server: RunningServer, delay: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, delay));
  return server.close(DRAIN_DEADLINE);
}

async function serveMetrics(
  { port, bind }: { readonly port: number; readonly bind: string },
  metrics: Metrics,
): Promise<RunningServer> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') sendMetrics(response, { metrics });
    else response.writeHead(404).end('there is /metrics\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new StartFailure(whyNot(error, port, bind))));
    server.listen(port, bind, resolve);
  });
  return { port: portOf(server), close: () => closed(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closed(server: Server): Promise<boolean> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve(true)));
}

/** Runs until the first SIGTERM or SIGINT, then drains; a second one ends at once. */
export async function runWebhook(options: WebhookOptions, surroundings: Surroundings): Promise<void> {
  const webhook = await startWebhook(options, surroundings);
  // The frame of the command line ends at once on SIGINT: right for a check, and not for a server.
  process.removeAllListeners('SIGINT');
  await new Promise<void>((resolve) => {
    let isSecond = false;
    const onSignal = (): void => {
      if (isSecond) process.exit(1);
      isSecond = true;
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
  await webhook.stop();
}
