/**
 * The controller on the real API server, as a ServiceAccount with the rights that it names and no more: what it makes,
 * whose fields are whose, and that a rotation is everywhere within seconds.
 */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { guardRails } from '../../../../controllers/guardrails/controller.ts';
import { declaredBy } from '../../../../controllers/manager/declared.ts';
import { rulesOf } from '../../../../controllers/manager/rights.ts';
import { type Client, clientOver } from '../../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../../src/kubernetes/client/connection.ts';
import {
  networkPolicies,
  resourceQuotas,
  roles,
  secrets,
  serviceAccounts,
} from '../../../../src/kubernetes/client/resources.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { arrayAt, type JsonObject, objectAt, stringAt, valueAt } from '../../../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf } from '../../../../src/kubernetes/object.ts';
import { writeKubeconfig } from '../../../../src/platform/kubeconfig.ts';
import type { NamespacePolicy } from '../../../../src/policy/model/namespace.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import {
  ALL,
  aPullSecret,
  contents,
  policiesWith,
  pullSecretsOf,
  SECTION,
  versions,
} from '../../../controllers/guardrails/harness.ts';
import type { Cluster } from '../../../controllers/kit/cluster.ts';
import { HandPolicies } from '../../../controllers/kit/policies.ts';
import { type Run, run } from '../../../controllers/kit/run.ts';
import { cluster as controlPlane, freshNamespace, namespacesHaveEnded, TURN_MS } from '../../harness/cluster.ts';
import { realCluster } from '../schedule/real.ts';

/** No other suite's namespaces are in it. */
const ENVIRONMENT = 'guarded';
const ACCOUNT = { namespace: 'weir-guardrails-test', name: 'weir-controller' };
const SECTIONS: Readonly<Record<string, NamespacePolicy>> = {
  [ENVIRONMENT]: {
    ...SECTION,
    networkPolicies: { ingress: { default: 'deny' }, egress: { default: 'deny' } },
    pullSecrets: { from: ACCOUNT.namespace, names: ['regcred'], serviceAccounts: ['default'] },
  },
};
const WITH_EGRESS = [...ALL, 'NetworkPolicy weir-knative-egress'].sort();

let cluster: Cluster;
let connection: Connection;
let limited: Client;
let running: Run;
const hands = new HandPolicies(policiesWith(SECTIONS));

beforeAll(async () => {
  cluster = await realCluster();
  await cluster.namespace(ACCOUNT.namespace);
  await cluster.apply(
    ...accountWith(rulesOf(declaredBy(guardRails, hands).rights)),
    aPullSecret(ACCOUNT.namespace, 'one'),
  );
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const answer = await cluster.client.createAt(serviceAccounts, { ...ACCOUNT, subresource: 'token' }, request);
  const { server, ca, folder } = controlPlane();
  const kubeconfig = path.join(folder, 'guardrails.kubeconfig');
  writeKubeconfig(kubeconfig, { server, ca, token: stringAt(answer, 'status', 'token') ?? '' });
  connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  limited = clientOver(connection);
  running = await run(cluster, { controllers: [guardRails], policies: hands, client: limited });
}, 120_000);

afterAll(async () => {
  await running?.stop();
  connection?.close();
  await controlPlane().kubectl(['delete', 'namespace', ACCOUNT.namespace, '--wait=false']);
  await controlPlane().kubectl(['delete', 'clusterrole,clusterrolebinding', 'weir-guardrails-test']);
  await cluster?.stop();
}, 60_000);

function accountWith(rules: readonly JsonObject[]): JsonObject[] {
  const group = 'rbac.authorization.k8s.io';
  const metadata = { name: 'weir-guardrails-test' };
  const events: JsonObject = { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: ACCOUNT },
    { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata, rules: [...rules, events] },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', ...ACCOUNT }],
    },
  ];
}

function guarded(): Promise<string> {
  return freshNamespace(controlPlane(), { 'weir.dev/environment': ENVIRONMENT });
}

function managersOf(object: JsonObject): string[] {
  return arrayAt(object, 'metadata', 'managedFields').map((entry) => {
    return `${stringAt(entry, 'manager')} ${stringAt(entry, 'operation')}`;
  });
}

describe('on the real API server', () => {
  it('makes what the policy says, with its own rights, and then rests', async () => {
    const namespace = await guarded();
    await running.settle();
    expect(running.told.filter((line) => !line.startsWith('info'))).toEqual([]);
    expect(await contents(cluster, namespace)).toEqual(WITH_EGRESS);
    const copy = await cluster.client.get(secrets, { namespace, name: 'regcred' });
    expect(copy.data).toEqual(aPullSecret(namespace, 'one').data);
    expect(await pullSecretsOf(cluster, namespace, 'default')).toEqual(['regcred']);

    const before = await versions(cluster, namespace);
    await cluster.client.patch(
      { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', isNamespaced: false },
      { name: namespace },
      { type: 'merge', body: { metadata: { labels: { touched: 'yes' } } } },
    );
    await running.settle();
    expect(await versions(cluster, namespace)).toEqual(before);
  });

  it('may make no Role and no Secret of another name, and give nobody more than the Role', async () => {
    const namespace = await guarded();
    const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    const group = 'rbac.authorization.k8s.io';
    const other = { apiVersion: `${group}/v1`, kind: 'Role', metadata: { name: 'another', namespace }, rules };
    const write = (resource: typeof roles, body: JsonObject, name: string) =>
      limited.patch(resource, { namespace, name }, { type: 'apply', body }, { fieldManager: 'x' });
    await expect(write(roles, other, 'another')).rejects.toThrow(
      /attempting to grant RBAC permissions not currently held/,
    );
    const secret = aPullSecret(namespace, 'two', 'another');
    await expect(write(secrets, secret, 'another')).rejects.toThrow(/forbidden/);
    await expect(limited.create(secrets, secret)).rejects.toThrow(/forbidden/);
    await expect(limited.get(secrets, { namespace, name: 'another' })).rejects.toThrow(/forbidden/);
    await expect(limited.list(secrets, { namespace })).rejects.toThrow(/forbidden/);
  });

  it('closes again what somebody opened, and leaves what others wrote', async () => {
    const namespace = await guarded();
    await running.settle();
    const deny = { namespace, name: 'weir-default-deny' };
    await cluster.client.patch(
      networkPolicies,
      deny,
      { type: 'merge', body: { metadata: { labels: { team: 'shop' } }, spec: { ingress: [{}], egress: [{}] } } },
      { fieldManager: 'kubectl-edit' },
    );
    await until('the drift is seen', { seconds: 30 }, async () => {
      if (running.news.length === 0) throw new Error('nothing was told');
      return true;
    });
    await running.settle();
    const after = await cluster.client.get(networkPolicies, deny);
    expect(after.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(labelsOf(after).team).toBe('shop');
    expect(running.news.at(-1)?.data).toMatchObject({
      namespace,
      change: 'changed',
      fields: ['/spec/ingress', '/spec/egress'],
    });
  });

  it('shares a quota with Argo CD by its fields, and gives up what Argo CD takes over', async () => {
    const namespace = await guarded();
    await running.settle();
    const place = { namespace, name: 'weir-quota' };
    const options = { fieldManager: 'argocd-controller' };
    const own = { spec: { hard: { secrets: '20' } } };
    await cluster.client.patch(resourceQuotas, place, { type: 'merge', body: own }, options);
    await cluster.client.patch(resourceQuotas, place, { type: 'merge', body: { spec: { hard: { pods: '1' } } } });
    await until('the quota is repaired', { seconds: 30 }, async () => {
      const hard = valueAt(await cluster.client.get(resourceQuotas, place), 'spec', 'hard');
      expect(hard).toEqual({ pods: '50', 'requests.cpu': '1', secrets: '20' });
      return true;
    });
    const shared = await cluster.client.get(resourceQuotas, place);
    expect(managersOf(shared)).toEqual(expect.arrayContaining(['weir-guardrails Apply', 'argocd-controller Update']));

    const tracked = {
      metadata: { annotations: { 'argocd.argoproj.io/tracking-id': `shop:/ResourceQuota:${namespace}/weir-quota` } },
      spec: { hard: { pods: '80' } },
    };
    await cluster.client.patch(resourceQuotas, place, { type: 'merge', body: tracked }, options);
    await running.settle();
    const taken = await cluster.client.get(resourceQuotas, place);
    expect(valueAt(taken, 'spec', 'hard', 'pods')).toBe('80');
    hands.change(policiesWith({ [ENVIRONMENT]: { networkPolicies: { ingress: { default: 'deny' } } } }));
    await running.settle();
    expect(await contents(cluster, namespace)).toEqual([
      'NetworkPolicy weir-default-deny',
      'NetworkPolicy weir-knative-ingress',
      'ResourceQuota weir-quota',
    ]);
    const released = await cluster.client.get(resourceQuotas, place);
    expect(valueAt(released, 'spec', 'hard')).toEqual({ pods: '80', secrets: '20' });
    expect(Object.keys(annotationsOf(released))).toEqual(['argocd.argoproj.io/tracking-id']);
    expect(await pullSecretsOf(cluster, namespace, 'default')).toEqual([]);
    hands.change(policiesWith(SECTIONS));
    await running.settle();
  });

  it('has a rotated secret in 20 namespaces within seconds', async () => {
    const names = await Promise.all(Array.from({ length: 20 }, () => guarded()));
    await running.settle();
    const began = Date.now();
    await cluster.apply(aPullSecret(ACCOUNT.namespace, 'rotated'));
    const wanted = aPullSecret('', 'rotated').data;
    await until('every copy is the new one', { seconds: 60 }, async () => {
      for (const namespace of names) {
        const { data } = await cluster.client.get(secrets, { namespace, name: 'regcred' });
        if (valueAt(data ?? null, '.dockerconfigjson') !== objectAt({ wanted }, 'wanted')?.['.dockerconfigjson']) {
          throw new Error(`${namespace} has the old one`);
        }
      }
      return true;
    });
    expect(Date.now() - began).toBeLessThan(30_000);
  }, 120_000);

  it(
    'holds up no namespace on its way out, and does not fight it',
    async () => {
      await namespacesHaveEnded(controlPlane());
      const namespace = await guarded();
      await running.settle();
      await cluster.client.delete(
        { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', isNamespaced: false },
        { name: namespace },
      );
      await until('the namespace is gone', { seconds: 60 }, async () => {
        const { code } = await controlPlane().kubectl(['get', 'namespace', namespace]);
        if (code === 0) throw new Error('it is there');
        return true;
      });
      await running.settle();
      expect(running.told.filter((line) => line.includes(namespace))).toEqual([]);
    },
    TURN_MS + 120_000,
  );
});
