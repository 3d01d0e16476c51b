/** What the server has of a running cluster: caches, Events, the status of exceptions, and the certificate kept there. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { clientOver } from '../src/kubernetes/client/client.ts';
import { connect } from '../src/kubernetes/client/connection.ts';
import { sentenceOf } from '../src/kubernetes/client/errors.ts';
import { recordEvents } from '../src/kubernetes/client/events.ts';
import { systemClock } from '../src/kubernetes/clock.ts';
import type { Logger } from '../src/process/log.ts';
import { StartFailure } from '../src/process/startFailure.ts';
import { keepCertificates } from './certificates/start.ts';
import { followCluster } from './cluster/cluster.ts';
import { followEntries } from './cluster/entries.ts';
import { gathering } from './cluster/gather.ts';
import type { CertificateSource, ClusterView, PolicyStore } from './dependencies.ts';
import { type StatusWriter, writeStatuses } from './exceptions/writer.ts';
import type { Recorder } from './server/happenings.ts';

export interface ClusterOptions {
  /** A file; without it the pod's own ServiceAccount, then KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string;
  /** Where the server is installed. */
  readonly namespace: string;
  /** Of the Service in front of it. */
  readonly service: string;
  readonly certificateSecret: string;
  /** How long a certificate lives, in milliseconds. */
  readonly certificateLife?: number;
  readonly mutatingConfiguration: string;
  readonly validatingConfiguration: string;
}

export interface Live {
  readonly view: ClusterView;
  readonly events: Recorder;
  readonly statuses: Pick<StatusWriter, 'policiesChanged' | 'lost'>;
  /** Undefined where the certificate comes from elsewhere. */
  readonly certificates: CertificateSource | undefined;
  /** Writes what waits to be told, and ends. */
  stop(): Promise<void>;
}

export interface GoLiveOptions {
  readonly cluster: ClusterOptions;
  readonly policies: PolicyStore;
  /** False where the certificate comes from files. */
  readonly keepsCertificate: boolean;
  readonly log: Logger;
  /** KUBECONFIG, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT, HOME. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** overlays/base gives the right to this one. */
const LEASE = 'weir-webhook';

/** Waits for nothing but the files that say where the cluster is: what it holds comes as it comes, and `view` says when. */
export async function goLive(options: GoLiveOptions): Promise<Live> {
  const { cluster, policies, keepsCertificate, log, environment } = options;
  const { kubeconfig, namespace } = cluster;
  const clock = systemClock;
  const connection = await connect({ environment, clock, ...(kubeconfig === undefined ? {} : { kubeconfig }) }).catch(
    (error: unknown) => {
      throw new StartFailure(`${sentenceOf(error)}; without a cluster: --no-cluster`);
    },
  );
  const client = clientOver(connection);
  const gathered = gathering(log, clock);
  const shared = { client, clock, random: Math.random, log: gathered };
  const view = followCluster(shared);
  const entries = followEntries({ ...shared, name: cluster.validatingConfiguration });
  const events = recordEvents({ ...shared, controller: 'weir.dev/webhook', instance: hostname() });
  const { exceptions, namespaces, synced } = view;
  const lease = { namespace, name: LEASE };
  const identity = `${hostname()}_${randomBytes(4).toString('hex')}`;
  const statuses = writeStatuses({ ...shared, lease, identity, exceptions, namespaces, synced, policies });
  const certificates = keepsCertificate ? keeperOf(cluster, shared) : undefined;
  certificates?.start();
  log.info({ server: connection.name }, 'following the cluster');

  return {
    view: { ...view, isSelected: entries.isSelected },
    events,
    statuses,
    certificates,
    stop: async () => {
      view.stop();
      entries.stop();
      await Promise.all([events.stop(), statuses.stop(), certificates?.stop()]);
      gathered.flush();
      connection.close();
    },
  };
}

type Shared = Pick<Parameters<typeof keepCertificates>[0], 'client' | 'clock' | 'random' | 'log'>;

function keeperOf(cluster: ClusterOptions, shared: Shared) {
  const { namespace, service, certificateSecret, certificateLife, mutatingConfiguration, validatingConfiguration } =
    cluster;
  return keepCertificates({
    ...shared,
    namespace,
    service,
    secretName: certificateSecret,
    mutatingName: mutatingConfiguration,
    validatingName: validatingConfiguration,
    ...(certificateLife === undefined ? {} : { life: certificateLife }),
  });
}
