/** The parts of the server that talk to the cluster, with the token of the ServiceAccount: its rights are enough. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, clientOver } from '../../src/kubernetes/client/client.ts';
import { connect } from '../../src/kubernetes/client/connection.ts';
import { type EventRecorder, recordEvents } from '../../src/kubernetes/client/events.ts';
import { type Election, joinElection } from '../../src/kubernetes/client/lease.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import { isObject, stringAt } from '../../src/kubernetes/json.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import { kubeconfigOf } from '../../tools/controlplane/kubernetes/serviceAccount.ts';
import { freePorts } from '../../tools/controlplane/process/ports.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import type { CertificateKeeper } from '../../webhooks/certificates/keeper.ts';
import { keepCertificates } from '../../webhooks/certificates/start.ts';
import { type Cluster, followCluster } from '../../webhooks/cluster/cluster.ts';
import { followEntries } from '../../webhooks/cluster/entries.ts';
import { objectsAt } from '../overlays/read.ts';
import { cluster, freshNamespace } from './harness/cluster.ts';
import { applyOverlay } from './overlay.ts';

const controlPlane = cluster();
const { api } = controlPlane;

const complaints: string[] = [];
const complain = (_: object, message: string): void => {
  complaints.push(message);
};
const log: Log = { debug: () => {}, info: () => {}, warn: complain, error: complain };
const common = { clock: systemClock, random: Math.random, log };

let client: Client;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  await applyOverlay(controlPlane, { grade: 'dev', port });
  const kubeconfig = await kubeconfigOf(controlPlane, { namespace: 'weir-system', name: 'weir-webhook' });
  const connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  client = clientOver(connection);
  ends.push(() => connection.close());
});

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

describe('the ServiceAccount of the webhook', () => {
  it('follows every kind that rules look up', async () => {
    const view: Cluster = followCluster({ client, ...common });
    ends.push(() => view.stop());
    await until('every cache has synced', { seconds: 30 }, () => view.hasSynced());
    expect([view.unsynced(), complaints]).toEqual([[], []]);
  });

  it('sees which namespaces its entries select', async () => {
    const entries = followEntries({ client, ...common, name: 'policy.weir.dev' });
    ends.push(() => entries.stop());
    const named = (environment: string) => ({
      metadata: { name: 'shop', labels: { 'weir.dev/environment': environment } },
    });
    await until('the configuration is read', { seconds: 30 }, () => entries.isSelected(named('prod')) !== undefined);
    expect([entries.isSelected(named('prod')), entries.isSelected(named('perf')), complaints]).toEqual([
      true,
      false,
      [],
    ]);
  });

  it('keeps its certificate, and writes the caBundle of both configurations', async () => {
    const keeper: CertificateKeeper = keepCertificates({
      client,
      ...common,
      namespace: 'weir-system',
      service: 'weir-webhook',
      secretName: 'weir-webhook-certificate',
      mutatingName: 'defaults.weir.dev',
      validatingName: 'policy.weir.dev',
    });
    ends.push(() => keeper.stop());
    keeper.start();
    await until('there is a certificate', { seconds: 40 }, () => keeper.current() !== undefined);
    for (const path of [
      'mutatingwebhookconfigurations/defaults.weir.dev',
      'validatingwebhookconfigurations/policy.weir.dev',
    ]) {
      const bundles = await until(`${path} has its caBundles`, { seconds: 40 }, async () => {
        const configuration = await api.get(`/apis/admissionregistration.k8s.io/v1/${path}`);
        const entries = objectsAt(isObject(configuration) ? configuration : {}, 'webhooks');
        const found = entries.map((entry) => stringAt(entry, 'clientConfig', 'caBundle') ?? '');
        return found.every((bundle) => bundle !== '') && found;
      });
      expect(Buffer.from(bundles[0] ?? '', 'base64').toString()).toContain('BEGIN CERTIFICATE');
      expect(new Set(bundles).size).toBe(1);
    }
    expect(complaints).toEqual([]);
  });

  it('leads by its Lease', async () => {
    const lease = { namespace: 'weir-system', name: 'weir-webhook' };
    const election: Election = joinElection({ client, lease, identity: 'one', ...common, retryMs: 200 });
    await until('it leads', { seconds: 30 }, () => election.isLeader());
    await election.stop();
    const other = joinElection({ client, lease, identity: 'two', ...common, retryMs: 200 });
    await until('the next one leads', { seconds: 30 }, () => other.isLeader());
    await other.stop();
    expect(complaints).toEqual([]);
  });

  it('says in any namespace what happened, and how often', async () => {
    const namespace = await freshNamespace(controlPlane);
    const events: EventRecorder = recordEvents({ client, ...common, controller: 'weir.dev/webhook', instance: 'test' });
    const happening = {
      regarding: { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'settings' },
      type: 'Warning',
      reason: 'BrokeGlass',
      action: 'Admitted',
      note: 'jane got past images/tag',
    } as const;
    events.record(happening);
    events.record(happening);
    await events.stop();
    expect([events.lost(), complaints]).toEqual([0, []]);
    await expect(client.list(EVENTS, { namespace })).rejects.toThrow('forbidden');
    const list = await api.get(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`);
    expect(objectsAt(isObject(list) ? list : {}, 'items')).toMatchObject([
      { reason: 'BrokeGlass', series: { count: 2 } },
    ]);
  });

  it('writes the status of an exception, and nothing else of it', async () => {
    const namespace = await freshNamespace(controlPlane);
    const spec = { rules: ['images/tag'], reason: 'r', owner: 'o', until: '2026-12-01' };
    const path = `/apis/weir.dev/v1alpha1/namespaces/${namespace}/policyexceptions`;
    const metadata = { name: 'sale' };
    await api.create(path, { apiVersion: 'weir.dev/v1alpha1', kind: 'PolicyException', metadata, spec });
    const place = { namespace, name: 'sale' };
    const body = { status: { observedGeneration: 1 } };
    await client.patch(EXCEPTIONS, { ...place, subresource: 'status' }, { type: 'merge', body });
    expect(await api.get(`${path}/sale`)).toMatchObject(body);
    await expect(client.patch(EXCEPTIONS, place, { type: 'merge', body: { spec: { owner: 'me' } } })).rejects.toThrow(
      'forbidden',
    );
  });
});

const EVENTS = { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event', isNamespaced: true };
const EXCEPTIONS = {
  group: 'weir.dev',
  version: 'v1alpha1',
  plural: 'policyexceptions',
  kind: 'PolicyException',
  isNamespaced: true,
};
