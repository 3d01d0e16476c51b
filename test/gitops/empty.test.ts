/** Weir on a cluster in which there is nothing yet: the waves of overlays/prod come up by themselves, webhooks included. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { arrayAt, type JsonValue, stringAt } from '../../src/kubernetes/json.ts';
import { createAll } from '../../tools/controlplane/kubernetes/create.ts';
import { kubeconfigOf } from '../../tools/controlplane/kubernetes/serviceAccount.ts';
import { type Guarded, startGuarded } from '../../tools/controlplane/process/guarded.ts';
import { freePorts } from '../../tools/controlplane/process/ports.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { type OwnControlPlane, startControlPlane } from '../../tools/controlplane/start.ts';
import { overlayOutside } from '../../tools/controlplane/weir/overlay.ts';
import { clusterSecret } from '../../tools/gitops/argocd/installation.ts';
import {
  applicationPath,
  becomes,
  objectAtPath,
  pointOut,
  resourcesOf,
  said,
  untilAsked,
} from './harness/application.ts';
import { type Players, startPlayers } from './harness/players.ts';
import { type World, world } from './harness/shared.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SECONDS = 240;
const APPLICATION = 'weir-empty';

let home: World;
let cluster: OwnControlPlane;
let players: Players;
let webhook: Guarded | undefined;
let revision: string;

beforeAll(async () => {
  home = await world();
  cluster = await startControlPlane();
  players = startPlayers(cluster.api, { knative: false });
  const [port = 0] = await freePorts(1);
  const items = await overlayOutside(cluster, { grade: 'prod', port });
  const { repository } = home;
  repository.write('overlays/prod/kustomization.yaml', 'resources: [all.yaml]\n');
  repository.write('overlays/prod/all.yaml', items.map((item) => JSON.stringify(item)).join('\n---\n'));
  revision = await repository.commit('Weir for prod');
  await createAll(home.controlPlane, [
    clusterSecret({ name: 'empty', server: cluster.server, labels: { 'weir.dev/grade': 'prod' }, access: cluster }),
  ]);
  webhook = await startWebhook(port);
});

afterAll(async () => {
  await home?.controlPlane.api.ask('DELETE', '/api/v1/namespaces/argocd/secrets/cluster-empty');
  await webhook?.kill();
  await players?.stop();
  await cluster?.stop();
});

/** What the Deployment would run, as soon as there is its ServiceAccount. */
async function startWebhook(port: number): Promise<Guarded> {
  const { api } = home.controlPlane;
  const how = { seconds: SECONDS, again: () => pointOut(api, APPLICATION) };
  await untilAsked('Argo CD has made the ServiceAccount', how, async () => {
    const account = '/api/v1/namespaces/weir-system/serviceaccounts/weir-webhook';
    if ((await objectAtPath(cluster.api, account)) !== undefined) return;
    throw new Error(said((await objectAtPath(api, applicationPath(APPLICATION))) ?? {}));
  });
  const kubeconfig = await kubeconfigOf(cluster, { namespace: 'weir-system', name: 'weir-webhook' });
  const flags = [`--policies=${ROOT}/policies`, `--kubeconfig=${kubeconfig}`, `--port=${port}`, '--drain-delay=0'];
  return startGuarded({
    name: 'weir webhook',
    command: process.execPath,
    args: [path.join(ROOT, 'bin/weir.js'), 'webhook', ...flags],
    log: path.join(cluster.folder, 'logs', 'weir-webhook.log'),
  });
}

const MADE = {
  definition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/scalingschedules.weir.dev',
  role: '/apis/rbac.authorization.k8s.io/v1/clusterroles/weir-webhook',
  deployment: '/apis/apps/v1/namespaces/weir-system/deployments/weir-webhook',
  entries: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/policy.weir.dev',
};

function madeAt(object: JsonValue): number {
  return Date.parse(stringAt(object, 'metadata', 'creationTimestamp') ?? '');
}

describe('on an empty cluster', () => {
  it('everything comes up Synced and Healthy', async () => {
    const { api } = home.controlPlane;
    const wanted = { revision, sync: 'Synced', health: 'Healthy', phase: 'Succeeded', seconds: SECONDS } as const;
    const application = await becomes(api, APPLICATION, wanted);
    expect(new Set(Object.values(resourcesOf(application)))).toEqual(new Set(['Synced']));
  });

  it('in waves: definitions, rights, the Deployment, and the entries once it is ready', async () => {
    const { api } = cluster;
    const deployment = await api.get(MADE.deployment);
    const available = arrayAt(deployment, 'status', 'conditions').find(
      (each) => stringAt(each, 'type') === 'Available',
    );
    const times = [
      madeAt(await api.get(MADE.definition)),
      madeAt(await api.get(MADE.role)),
      madeAt(deployment),
      Date.parse(stringAt(available, 'lastTransitionTime') ?? ''),
      madeAt(await api.get(MADE.entries)),
    ];
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(times[0]).toBeLessThan(times[2] ?? 0);
    expect(times[2]).toBeLessThan(times[4] ?? 0);
  });

  it('the API server asks Weir', async () => {
    const metadata = { name: 'weir-is-asked', labels: { 'weir.dev/environment': 'nowhere' } };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
    await until('a namespace is denied', { seconds: 90 }, async () => {
      const { status, body } = await cluster.api.ask('POST', '/api/v1/namespaces?dryRun=All', namespace);
      if (status !== 403) throw new Error(JSON.stringify(body));
      return true;
    });
  });

  it('is Synced still, with the certificates that Weir has written into the entries', async () => {
    const entries = await cluster.api.get(MADE.entries);
    expect(stringAt(entries, 'webhooks', 0, 'clientConfig', 'caBundle')).toBeDefined();
    await becomes(home.controlPlane.api, APPLICATION, { sync: 'Synced', health: 'Healthy' });
  });
});
