import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeKubeconfig } from '../../src/platform/kubeconfig.ts';
import { type Built, buildControlPlane } from './build/build.ts';
import type { Terminal } from './build/progress.ts';
import { type Address, type ControlPlane, controlPlaneAt } from './controlPlane.ts';
import { type MetricsPorts, startKnative } from './knative/start.ts';
import { startApiServer, urlOf } from './kubernetes/apiServer.ts';
import { startControllerManager } from './kubernetes/controllerManager.ts';
import { makeCredentials } from './kubernetes/credentials.ts';
import { startEtcd } from './kubernetes/etcd.ts';
import { type Family, familyIn } from './process/family.ts';
import { removeLater } from './process/guarded.ts';
import { freePorts } from './process/ports.ts';

export interface StartOptions {
  /** Knative Serving too: its webhook, controller and autoscaler. */
  readonly knative?: boolean;
  /** Knative's programs tell Prometheus what they measure, at `knativeMetrics`. */
  readonly knativeMetrics?: boolean;
  /** Further flags of kube-apiserver; of a flag that stands twice, the later counts. */
  readonly apiServerFlags?: readonly string[];
  /** Leaves the folder, with data and logs, where it is; else it goes with stop(), or with this process. */
  readonly keep?: boolean;
  /** Where the progress of a build is told; standard error unless set. */
  readonly terminal?: Terminal;
}

/** A control plane that this process has started. It ends with this process at the latest. */
export interface OwnControlPlane extends ControlPlane {
  /** Of Knative, where that was asked for. */
  readonly knativeMetrics?: MetricsPorts;
  stop(): Promise<void>;
  /** Kills the API server, as a crash would. etcd and the others go on. */
  killApiServer(): Promise<void>;
  /** Starts the API server that was killed, at the same address, and waits until it is ready. */
  reviveApiServer(): Promise<void>;
}

/**
 * Builds what is missing and starts a Kubernetes of its own: etcd, kube-apiserver and kube-controller-manager, all on
 * 127.0.0.1 and on free ports. There is no scheduler and no kubelet: `podsReady` stands in for both.
 *
 * @example
 * const cluster = await startControlPlane();
 * await cluster.kubectl(['create', 'namespace', 'shop']);
 * await cluster.stop();
 */
export async function startControlPlane(options: StartOptions = {}): Promise<OwnControlPlane> {
  const built = await buildControlPlane(options);
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-controlplane-'));
  if (options.keep !== true) removeLater(folder);

  const family = familyIn(folder);
  const stop = async () => {
    await family.end();
    if (options.keep !== true) rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { ...(await startIn(folder, family, built, options)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startIn(
  folder: string,
  family: Family,
  built: Built,
  options: StartOptions,
): Promise<Omit<OwnControlPlane, 'stop'>> {
  const credentials = makeCredentials(folder);
  const [port = 0] = await freePorts(1);
  const etcd = await startEtcd({ family, binary: built.pathOf('etcd'), folder });

  const runApiServer = () =>
    startApiServer({
      family,
      binary: built.pathOf('kube-apiserver'),
      port,
      etcd,
      credentials,
      flags: options.apiServerFlags ?? [],
    });
  let apiServer = await runApiServer();

  const address = addressOf(folder, port, credentials, built.pathOf('kubectl'));
  writeKubeconfig(address.kubeconfig, { ...address, user: 'admin' });
  const controlPlane = controlPlaneAt(address);
  await startControllerManager({
    ...controlPlane,
    family,
    binary: built.pathOf('kube-controller-manager'),
    credentials,
  });
  const { knative = false, knativeMetrics = false } = options;
  const metricsPorts = knative ? await startKnative(controlPlane, family, built, knativeMetrics) : undefined;

  return {
    ...controlPlane,
    ...(knativeMetrics && metricsPorts !== undefined ? { knativeMetrics: metricsPorts } : {}),
    killApiServer: () => apiServer.kill(),
    async reviveApiServer() {
      if (apiServer.ended() === undefined) throw new Error('the API server runs: kill it before it is revived');
      apiServer = await runApiServer();
    },
  };
}

function addressOf(
  folder: string,
  port: number,
  { ca, token }: { ca: string; token: string },
  kubectlBinary: string,
): Address {
  const kubeconfig = path.join(folder, 'admin.kubeconfig');
  return { server: urlOf(port), ca: readFileSync(ca, 'utf8'), token, kubeconfig, folder, kubectlBinary };
}
