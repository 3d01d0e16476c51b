import { describe, expect, it, jest } from '@jest/globals';
import { arrayAt, isObject, type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import { ADMINISTRATOR } from '../../../../src/platform/apiserver/auth/identities.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import { aCluster, aNewCluster, type Cluster, configMap, owner } from './harness.ts';

const ROLES = 'clusterroles.rbac.authorization.k8s.io';

function clusterRole(name: string, labels: JsonObject, resources: string[]): JsonObject {
  const rules = [{ apiGroups: ['example.com'], resources, verbs: ['get'] }];
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name, labels }, rules };
}

describe('a new cluster', () => {
  it('has its namespaces, each with an account and the CA', async () => {
    const cluster = await aNewCluster();
    const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
    expect(cluster.names('namespaces')).toEqual(namespaces);
    expect(cluster.names('serviceaccounts')).toEqual(namespaces.map((name) => `${name}/default`));
    expect(cluster.names('configmaps')).toEqual(namespaces.map((name) => `${name}/kube-root-ca.crt`));
    expect(cluster.get('configmaps', 'kube-root-ca.crt')).toMatchObject({ data: { 'ca.crt': 'CA' } });
    expect(stringAt(cluster.get('namespaces', 'default'), 'status', 'phase')).toBe('Active');
    expect(cluster.get('services', 'kubernetes')).toMatchObject({
      spec: { clusterIP: '10.0.0.1', ports: [{ port: 443, targetPort: 6443 }] },
    });
    expect(cluster.admitted).toContain(
      'CREATE serviceaccounts default/default system:serviceaccount:kube-system:service-account-controller',
    );
    expect(cluster.admitted).toContain(
      'CREATE configmaps default/kube-root-ca.crt system:serviceaccount:kube-system:root-ca-cert-publisher',
    );
    expect(cluster.warnings).toEqual([]);
  });
});

describe('a cluster that starts again', () => {
  it('writes nothing where all is there', async () => {
    const cluster = await aCluster();
    cluster.admitted.length = 0;
    await cluster.restart();
    await cluster.settle();
    expect(cluster.admitted).toEqual([]);
  });

  it('gives its roles back what was taken from them, and leaves them what was added', async () => {
    const cluster = await aCluster();
    const added = { apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get'] };
    const role = { resource: ROLES, namespace: '', name: 'system:basic-user' };
    await cluster.writes.patch(ADMINISTRATOR, role, { rules: [added] });
    const bindings = 'clusterrolebindings.rbac.authorization.k8s.io';
    const bound = { resource: bindings, namespace: '', name: 'cluster-admin' };
    await cluster.writes.patch(ADMINISTRATOR, bound, { subjects: [] });
    const free = { resource: ROLES, namespace: '', name: 'system:discovery' };
    const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
    await cluster.writes.patch(ADMINISTRATOR, free, { metadata: { annotations }, rules: [] });
    await cluster.delete(ROLES, 'system:monitoring');
    await cluster.restart();
    expect(resourcesOf(cluster, 'system:basic-user').sort()).toEqual([
      'selfsubjectaccessreviews',
      'selfsubjectreviews',
      'selfsubjectrulesreviews',
      'widgets',
    ]);
    expect(arrayAt(cluster.get(bindings, 'cluster-admin'), 'subjects')).toHaveLength(1);
    expect(arrayAt(cluster.get(ROLES, 'system:discovery'), 'rules')).toEqual([]);
    expect(cluster.get(ROLES, 'system:monitoring')).toBeDefined();
  });

  it('starts also where a webhook refuses, and tries again', async () => {
    const cluster = await aCluster();
    await cluster.delete(ROLES, 'system:monitoring');
    cluster.refuse(() => new Failure(500, 'InternalError', 'failed calling webhook'));
    await cluster.restart();
    expect(cluster.warnings).toEqual(['is tried again: failed calling webhook']);
    cluster.refuse(() => undefined);
    cluster.clock.pass(1000);
    await cluster.settle();
    expect(cluster.get(ROLES, 'system:monitoring')).toBeDefined();
  });

  it('goes on with what was under way', async () => {
    const cluster = await aCluster();
    const uid = await cluster.create('configmaps', configMap('top'));
    cluster.refuse(({ user }) => (user.name.includes('garbage') ? new Failure(500, '', 'not yet') : undefined));
    await cluster.create('configmaps', configMap('child', { owners: [owner('top', uid)] }));
    await cluster.delete('configmaps', 'top');
    await cluster.settle();
    expect(cluster.get('configmaps', 'child')).toBeDefined();
    cluster.refuse(() => undefined);
    await cluster.restart();
    await cluster.settle();
    expect(cluster.get('configmaps', 'child')).toBeUndefined();
  });
});

describe('the Service kubernetes', () => {
  it('comes back', async () => {
    const cluster = await aCluster();
    await cluster.delete('services', 'kubernetes');
    await cluster.settle();
    expect(cluster.get('services', 'kubernetes')).toBeDefined();
  });
});

describe('what every namespace has', () => {
  it('is there in a new one, and comes back', async () => {
    const cluster = await aCluster();
    await cluster.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await cluster.settle();
    expect(cluster.get('serviceaccounts', 'shop/default')).toBeDefined();
    const before = stringAt(cluster.get('serviceaccounts', 'shop/default'), 'metadata', 'uid');

    await cluster.delete('serviceaccounts', 'shop/default');
    await cluster.delete('configmaps', 'shop/kube-root-ca.crt');
    await cluster.settle();
    expect(stringAt(cluster.get('serviceaccounts', 'shop/default'), 'metadata', 'uid')).not.toBe(before);
    expect(cluster.get('configmaps', 'shop/kube-root-ca.crt')).toBeDefined();

    const key = { resource: 'configmaps', namespace: 'shop', name: 'kube-root-ca.crt' };
    await cluster.writes.patch(ADMINISTRATOR, key, { data: { 'ca.crt': 'another', more: 'x' } });
    await cluster.settle();
    expect(cluster.get('configmaps', 'shop/kube-root-ca.crt')?.data).toEqual({ 'ca.crt': 'CA' });
  });
});

describe('a role that is gathered', () => {
  it('has the rules of those with its label, of each role once, down the chain', async () => {
    const cluster = await aCluster();
    expect(resourcesOf(cluster, 'view')).toContain('configmaps');
    expect(resourcesOf(cluster, 'admin')).toContain('rolebindings');
    expect(resourcesOf(cluster, 'edit')).not.toContain('rolebindings');

    const label = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
    await cluster.create(ROLES, clusterRole('widgets', label, ['widgets']));
    await cluster.settle();
    for (const name of ['view', 'edit', 'admin']) expect(resourcesOf(cluster, name)).toContain('widgets');

    await cluster.delete(ROLES, 'widgets');
    await cluster.settle();
    for (const name of ['view', 'edit', 'admin']) expect(resourcesOf(cluster, name)).not.toContain('widgets');
  });

  it('does not gather from itself', async () => {
    const cluster = await aCluster();
    const label = { 'example.com/part': 'yes' };
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: label }] };
    await cluster.create(ROLES, { ...clusterRole('whole', label, []), rules: [], aggregationRule });
    await cluster.create(ROLES, clusterRole('part', label, ['widgets']));
    await cluster.settle();
    expect(resourcesOf(cluster, 'whole')).toEqual(['widgets']);
    await cluster.delete(ROLES, 'part');
    await cluster.settle();
    expect(resourcesOf(cluster, 'whole')).toEqual([]);
  });

  it('has no rules of its own', async () => {
    const cluster = await aCluster();
    const key = { resource: ROLES, namespace: '', name: 'view' };
    await cluster.writes.patch(ADMINISTRATOR, key, { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] });
    await cluster.settle();
    expect(resourcesOf(cluster, 'view')).not.toContain('*');
  });
});

describe('an Event', () => {
  it('goes an hour after it was last written, without a request', async () => {
    const cluster = await aCluster();
    const involvedObject = { kind: 'ConfigMap', namespace: 'default', name: 'x' };
    const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'default' }, involvedObject };
    await cluster.create('events', event);
    await minutes(cluster, 40);
    await cluster.writes.patch(ADMINISTRATOR, { resource: 'events', namespace: 'default', name: 'e' }, { count: 2 });
    await minutes(cluster, 40);
    expect(cluster.names('events')).toEqual(['default/e']);
    cluster.admitted.length = 0;
    await minutes(cluster, 21);
    expect(cluster.names('events')).toEqual([]);
    expect(cluster.admitted).toEqual([]);
  });
});

describe('an Event that could not be removed', () => {
  it('is removed later', async () => {
    const cluster = await aCluster();
    const involvedObject = { kind: 'ConfigMap', namespace: 'default', name: 'x' };
    const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'default' }, involvedObject };
    await cluster.create('events', event);
    const remove = jest.spyOn(cluster.store, 'remove').mockRejectedValueOnce(new Error('the disk is full'));
    await minutes(cluster, 61);
    expect(remove).toHaveBeenCalled();
    expect(cluster.warnings).toEqual(['is tried again: the disk is full']);
    await minutes(cluster, 1);
    expect(cluster.names('events')).toEqual([]);
  });
});

describe('a pod whose grace is over', () => {
  const spec = { nodeName: 'n1', terminationGracePeriodSeconds: 20, containers: [{ name: 'web', image: 'web' }] };

  it('goes then, and not before', async () => {
    const cluster = await aCluster();
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default' }, spec };
    await cluster.create('pods', pod);
    await cluster.delete('pods', 'web');
    await cluster.settle();
    cluster.clock.pass(19_000);
    await cluster.settle();
    expect(cluster.names('pods')).toEqual(['default/web']);
    cluster.clock.pass(2_000);
    await cluster.settle();
    expect(cluster.names('pods')).toEqual([]);
  });
});

function resourcesOf(cluster: Cluster, name: string): unknown[] {
  const rules = arrayAt(cluster.get(ROLES, name), 'rules').filter(isObject);
  return rules.flatMap((rule) => arrayAt(rule, 'resources'));
}

async function minutes(cluster: Cluster, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    cluster.clock.pass(60_000);
    await cluster.settle();
  }
}
