/** Argo CD without containers: its Redis, repo-server and its controllers of Applications, ApplicationSets and notifications. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import path from 'node:path';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { readManifests } from '../../../src/kubernetes/yaml/read.ts';
import { writeKubeconfig } from '../../../src/platform/kubeconfig.ts';
import type { ControlPlane } from '../../controlplane/controlPlane.ts';
import { createAll } from '../../controlplane/kubernetes/create.ts';
import { type Family, familyIn } from '../../controlplane/process/family.ts';
import type { Guarded } from '../../controlplane/process/guarded.ts';
import { freePorts } from '../../controlplane/process/ports.ts';
import { until } from '../../controlplane/process/wait.ts';
import type { Built } from '../build/build.ts';
import { installation, NAMESPACE } from './installation.ts';

const READY_SECONDS = 120;
/** How often an Application is compared again when nothing seems to have changed, in seconds. Without jitter. */
export const RESYNC_SECONDS = 30;

export interface ArgoCdOptions {
  readonly controlPlane: ControlPlane;
  readonly built: Built;
}

export interface ArgoCd {
  /** Its own folder, under that of the control plane. */
  readonly folder: string;
  /** What its programs share, for a plugin server beside them. */
  readonly environment: Readonly<Record<string, string>>;
  readonly family: Family;
  stop(): Promise<void>;
}

/**
 * Installs Argo CD's definitions and settings into the cluster, starts its programs on 127.0.0.1 with the
 * administrator's rights, and returns once each of them works. Its namespace is `argocd`; an Application whose
 * destination is https://kubernetes.default.svc goes to the same cluster.
 */
export async function startArgoCd({ controlPlane, built }: ArgoCdOptions): Promise<ArgoCd> {
  await createAll(controlPlane, definitionsIn(built.crds));
  await createAll(controlPlane, installation());

  const folder = path.join(controlPlane.folder, 'argocd');
  const family = familyIn(folder);
  const environment = environmentIn(folder, controlPlane, built);
  try {
    await startIn(family, environment, built);
  } catch (error) {
    await family.end();
    throw error;
  }
  return { folder, environment, family, stop: () => family.end() };
}

async function startIn(family: Family, environment: Readonly<Record<string, string>>, built: Built): Promise<void> {
  const [redis = 0, repo = 0, ...metrics] = await freePorts(8);
  const [repoMetrics = 0, controllerMetrics = 0, setMetrics = 0, setProbe = 0, setWebhook = 0, sent = 0] = metrics;
  const start = (name: string, args: readonly string[]) => {
    const own = { ...environment, ARGOCD_BINARY_NAME: name };
    return family.start({ name, command: built.pathOf('argocd'), args, env: own });
  };

  const redisAt = `127.0.0.1:${redis}`;
  const cache = family.start({ name: 'redis', command: built.pathOf('redis'), args: [redisAt] });
  await listens('Redis', redis, cache);

  const repoAt = `127.0.0.1:${repo}`;
  const server = start('argocd-repo-server', [
    `--redis=${redisAt}`,
    '--address=127.0.0.1',
    `--port=${repo}`,
    '--metrics-address=127.0.0.1',
    `--metrics-port=${repoMetrics}`,
    '--disable-tls',
    // what a branch stands for is asked again soon: an ordinary look would not see a commit for three minutes
    '--revision-cache-expiration=1s',
  ]);
  await listens('the repo-server', repo, server);

  const controller = start('argocd-application-controller', [
    `--repo-server=${repoAt}`,
    '--repo-server-plaintext',
    `--redis=${redisAt}`,
    `--app-resync=${RESYNC_SECONDS}`,
    '--app-resync-jitter=0',
    `--metrics-port=${controllerMetrics}`,
    '--status-processors=4',
    '--operation-processors=4',
  ]);
  const sets = start('argocd-applicationset-controller', [
    `--argocd-repo-server=${repoAt}`,
    '--repo-server-plaintext',
    `--namespace=${NAMESPACE}`,
    `--metrics-addr=127.0.0.1:${setMetrics}`,
    `--probe-addr=127.0.0.1:${setProbe}`,
    `--webhook-addr=127.0.0.1:${setWebhook}`,
    '--enable-progressive-syncs',
  ]);
  const notifications = start('argocd-notifications', [
    `--argocd-repo-server=${repoAt}`,
    '--argocd-repo-server-plaintext',
    `--namespace=${NAMESPACE}`,
    `--metrics-port=${sent}`,
  ]);
  await listens('the application-controller', controllerMetrics, controller);
  await listens('the applicationset-controller', setProbe, sets);
  await listens('the notifications-controller', sent, notifications);
}

/** Outside of a container none of Argo CD's default folders is there: argoproj/argo-cd common/common.go names them. */
function environmentIn(folder: string, controlPlane: ControlPlane, built: Built): Readonly<Record<string, string>> {
  const at = (name: string) => {
    const made = path.join(folder, name);
    mkdirSync(made, { recursive: true });
    return made;
  };
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeKubeconfig(kubeconfig, { ...controlPlane, user: 'admin', namespace: NAMESPACE });
  return {
    PATH: `${path.dirname(built.pathOf('kustomize'))}:${process.env.PATH ?? ''}`,
    HOME: at('home'),
    TMPDIR: at('tmp'),
    KUBECONFIG: kubeconfig,
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_TLS_DATA_PATH: at('tls'),
    ARGOCD_SSH_DATA_PATH: at('ssh'),
    ARGOCD_GNUPGHOME: at('gpg'),
    ARGOCD_APP_CONFIG_PATH: at('config'),
    ARGOCD_PLUGINSOCKFILEPATH: at('p'),
    ARGOCD_ASK_PASS_SOCK: path.join(folder, 'ask.sock'),
  };
}

function definitionsIn(folder: string) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .flatMap((name) => readManifests(readFileSync(path.join(folder, name), 'utf8'), name).documents)
    .map(({ object }) => object)
    .filter((object) => stringAt(object, 'kind') === 'CustomResourceDefinition');
}

async function listens(what: string, port: number, of: Guarded): Promise<void> {
  await until(`${what} listens`, { seconds: READY_SECONDS, of }, () => {
    return new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: '127.0.0.1', port });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  });
}
