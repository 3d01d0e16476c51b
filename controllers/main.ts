/** Puts the controllers together, runs them, and ends them. Wiring only: what each part does stands in its folder. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Registry } from 'prom-client';
import { clientOver } from '../src/kubernetes/client/client.ts';
import { connect } from '../src/kubernetes/client/connection.ts';
import { sentenceOf } from '../src/kubernetes/client/errors.ts';
import { type Clock, systemClock } from '../src/kubernetes/clock.ts';
import type { JsonObject } from '../src/kubernetes/json.ts';
import { announcerFor } from '../src/process/cloudEvents/announcer.ts';
import { type Health, healthOf } from '../src/process/health.ts';
import { type Logger, type LogLevel, makeLogger } from '../src/process/log.ts';
import { type PolicyMetrics, policyMetrics } from '../src/process/metrics/policies.ts';
import { serveMetrics } from '../src/process/metrics/server.ts';
import { PolicyFolder } from '../src/process/policies/store.ts';
import { awaitSignal } from '../src/process/signals.ts';
import { StartFailure } from '../src/process/startFailure.ts';
import { boundYoungGeneration, CONTROLLERS_BYTES } from '../src/process/youngGeneration.ts';
import { didYouMean } from '../src/text/nearest.ts';
import { type ControllerSettings, controllersNamed } from './all.ts';
import { NO_POLICIES } from './manager/account.ts';
import { declaredBy } from './manager/declared.ts';
import { type Manager, type ManagerOptions, startManager } from './manager/manager.ts';
import { countRequests } from './manager/metrics.ts';
import { rulesOf } from './manager/rights.ts';

export { startEventingControllers } from './eventing/start.ts';
export { type NodeOptions, type RunningNode, startNode } from './node.ts';
export { startSources } from './sources/start.ts';

export interface ControllerOptions {
  /** Absolute. */
  readonly policies: string;
  /** A file; without it the pod's own ServiceAccount, then KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string;
  readonly context?: string;
  /** By their folders; all of them unless set. */
  readonly controllers?: readonly string[];
  /** Where the Lease is by which replicas agree on who writes; without it nobody else may run them on this cluster. */
  readonly leaseNamespace?: string;
  /** `1.21`: the cluster's Knative Serving, where its definitions do not say. */
  readonly knativeVersion?: string;
  /** The environment by whose policy what is in no namespace is audited; nobody audits it unless set. */
  readonly grade?: string;
  /** No sink is made for an environment: the platform that these run beside keeps dead letters itself. */
  readonly platformKeepsDeadLetters?: boolean;
  /** What runs the code of Revisions, where that is in this process. */
  readonly serving?: ControllerSettings['serving'];
  /** Where CloudEvents go, and what their source begins with; nowhere unless set. */
  readonly events?: { readonly sink: string; readonly source: string };
  /** /metrics, /healthz and /readyz, without TLS; not served unless set. */
  readonly metrics?: { readonly port: number; readonly bind: string };
  readonly logLevel: LogLevel;
  /** Absolute; the log goes to standard output without it. */
  readonly logFile?: string;
}

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the controllers take for the time; the system's unless set. */
  readonly clock?: Clock;
  /** Standard output where none is given. */
  readonly log?: Logger;
}

export interface RunningControllers {
  readonly manager: Manager;
  readonly metricsPort: number | undefined;
  /** Lets what is under way finish, gives the Lease back, and sends what waits to be told. */
  stop(): Promise<void>;
}

/**
 * A ClusterRole with what the controllers of a folder need, bound to a ServiceAccount: for a platform on which they run
 * beside those whose rights overlays/base has.
 */
export function clusterRoleFor(
  folder: string,
  account: { readonly namespace: string; readonly name: string },
  settings: ControllerSettings = {},
): readonly JsonObject[] {
  const rights = controllersNamed([folder], settings).flatMap((make) => declaredBy(make, NO_POLICIES).rights);
  const name = `${account.name}-${folder}`;
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const subject = { kind: 'ServiceAccount', ...account };
  return [
    { apiVersion, kind: 'ClusterRole', metadata: { name }, rules: rulesOf(rights) },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [subject],
    },
  ];
}

/** overlays/base gives the right to this one. */
const LEASE = 'weir-controller';

function leaseIn(namespace: string): NonNullable<ManagerOptions['lease']> {
  return { lease: { namespace, name: LEASE }, identity: `${hostname()}_${randomBytes(4).toString('hex')}` };
}

export async function startControllers(
  options: ControllerOptions,
  surroundings: Surroundings,
): Promise<RunningControllers> {
  const { environment, clock = systemClock, log = makeLogger(options.logLevel, options.logFile) } = surroundings;
  const { policies: folder, kubeconfig, context, leaseNamespace, events, knativeVersion, grade, serving } = options;
  const stops: (() => unknown)[] = [];
  try {
    const registry = new Registry();
    let reloads: PolicyMetrics | undefined;
    const policies = await PolicyFolder.open({
      folder,
      shownAs: folder,
      listener: {
        accepted(hash, gone) {
          log.info({ hash, gone }, 'new policies hold');
          reloads?.reload(true);
        },
        refused(errors) {
          log.error({ errors: errors.slice(0, 20) }, 'the new policies cannot be used, and the last good ones hold on');
          reloads?.reload(false);
        },
      },
    });
    if (grade !== undefined && policies.policyFor(grade) === undefined) {
      const names = policies.environments();
      const hint = didYouMean(grade, names);
      throw new StartFailure(
        `--grade ${grade}: no policy is called so${hint === '' ? ';' : hint} ${folder} has ${names.join(', ')}`,
      );
    }
    reloads = policyMetrics(registry, policies);
    stops.push(() => policies.close());

    const where = {
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    };
    const connection = await connect({ environment, clock: systemClock, ...where }).catch((error: unknown) => {
      throw new StartFailure(sentenceOf(error));
    });
    stops.push(() => connection.close());

    const announcer = events === undefined ? undefined : announcerFor(events, { log, registry });
    stops.push(() => announcer?.stop());
    const manager = startManager({
      controllers: controllersNamed(options.controllers, {
        ...(knativeVersion === undefined ? {} : { knativeVersion }),
        ...(grade === undefined ? {} : { grade }),
        ...(serving === undefined ? {} : { serving }),
        platformKeepsDeadLetters: options.platformKeepsDeadLetters ?? false,
      }),
      client: clientOver(countRequests(connection, registry)),
      policies,
      clock,
      steady: systemClock,
      random: Math.random,
      log,
      ...(leaseNamespace === undefined ? { leadsAs: LEASE } : { lease: leaseIn(leaseNamespace) }),
      instance: hostname(),
      registry,
      ...(announcer === undefined
        ? {}
        : { announce: (controller, news) => announcer.announce(`controllers/${controller}`, news) }),
    });
    stops.push(() => manager.stop());
    let isLeaving = false;
    const readiness = (): Health => readinessOf(policies, manager, isLeaving);
    const metricsServer = options.metrics && (await serveMetrics({ ...options.metrics, registry, readiness }));
    stops.push(() => metricsServer?.close());
    policies.watch();
    log.info(
      {
        server: connection.name,
        controllers: manager.controllers.map(({ controller }) => controller.name),
        policies: policies.environments(),
        hash: policies.hash(),
        ...(metricsServer === undefined ? {} : { metricsPort: metricsServer.port }),
      },
      'following the cluster',
    );
    return {
      manager,
      metricsPort: metricsServer?.port,
      async stop() {
        isLeaving = true;
        log.info({}, 'leaving');
        await endAll(stops);
        log.info({}, 'gone');
      },
    };
  } catch (error) {
    await endAll(stops);
    throw error;
  }
}

/** Who does not lead is ready, too: it follows, and may lead at any moment. */
function readinessOf(policies: PolicyFolder, manager: Manager, isLeaving: boolean): Health {
  const unsynced = manager.unsynced();
  return healthOf([
    ['policies', policies.environments().length > 0 ? undefined : 'no environment has a policy'],
    ['caches', unsynced.length === 0 ? undefined : `not listed yet: ${unsynced.join(', ')}`],
    ['shutdown', isLeaving ? 'the controllers are going away' : undefined],
  ]);
}

/** The last that was started ends first. */
async function endAll(stops: (() => unknown)[]): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}

/** Runs until the first SIGTERM or SIGINT; one that comes a second later ends at once. */
export async function runControllers(options: ControllerOptions, surroundings: Surroundings): Promise<void> {
  const { log = makeLogger(options.logLevel, options.logFile) } = surroundings;
  boundYoungGeneration(CONTROLLERS_BYTES);
  const { asked, forget } = awaitSignal(log);
  try {
    const controllers = await startControllers(options, { ...surroundings, log });
    await asked;
    await controllers.stop();
  } finally {
    forget();
  }
}
