/** Objects that a team, or Argo CD, has under the name of a guard rail: whose field is whose. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import {
  limitRanges,
  networkPolicies,
  resourceQuotas,
  roleBindings,
  roles,
} from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf } from '../../../src/kubernetes/object.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { ALL, contents, type GuardRailRun, policiesWith, runGuardRails, SECTION, told, versions } from './harness.ts';

let cluster: Cluster;
let running: GuardRailRun;

beforeAll(async () => {
  cluster = await startCluster({ hasKnative: false });
}, 120_000);
afterEach(() => running.stop());
afterAll(() => cluster.stop());

function aQuota(namespace: string, hard: JsonObject, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { namespace, name: 'weir-quota', ...metadata },
    spec: { hard },
  };
}

function quotaOf(namespace: string): Promise<JsonObject> {
  return cluster.client.get(resourceQuotas, { namespace, name: 'weir-quota' });
}

/** As Argo CD does by default: a client-side apply, which is an Update by its manager. */
async function argo(resource: Resource, namespace: string, name: string, body: JsonObject): Promise<void> {
  const tracking = { 'argocd.argoproj.io/tracking-id': `shop:${resource.group}/${resource.kind}:${namespace}/${name}` };
  const metadata = objectAt(body, 'metadata') ?? {};
  const annotated = { ...body, metadata: { ...metadata, annotations: { ...annotationsOf(body), ...tracking } } };
  const options = { fieldManager: 'argocd-controller' };
  await cluster.client.patch(resource, { namespace, name }, { type: 'merge', body: annotated }, options);
}

/** As Argo CD does with ServerSideApply=true, which takes what it applies from whoever has it. */
async function argoServerSide(namespace: string, hard: JsonObject): Promise<void> {
  const annotations = { 'argocd.argoproj.io/tracking-id': `shop:/ResourceQuota:${namespace}/weir-quota` };
  const body = aQuota(namespace, hard, { annotations });
  const options = { fieldManager: 'argocd-controller', force: true };
  await cluster.client.patch(resourceQuotas, { namespace, name: 'weir-quota' }, { type: 'apply', body }, options);
}

/** `spec.hard.pods` and the like, of the fields that the manager has. */
function owned(object: JsonObject, manager: string): string[] {
  const found: string[] = [];
  const walk = (fields: JsonObject, way: string): void => {
    for (const [key, value] of Object.entries(fields)) {
      if (!key.startsWith('f:')) continue;
      const path = way === '' ? key.slice(2) : `${way}.${key.slice(2)}`;
      const inner = isObject(value) ? value : {};
      if (Object.keys(inner).some((each) => each.startsWith('f:'))) walk(inner, path);
      else found.push(path);
    }
  };
  for (const entry of arrayAt(object, 'metadata', 'managedFields')) {
    if (stringAt(entry, 'manager') === manager) walk(objectAt(entry, 'fieldsV1') ?? {}, '');
  }
  return found.sort();
}

describe("a team's object of the name of a guard rail", () => {
  it('stands where it says something else, and that is told', async () => {
    await cluster.namespace('theirs', 'prod');
    await cluster.apply(aQuota('theirs', { pods: '10' }));
    const before = await quotaOf('theirs');
    running = await runGuardRails(cluster);
    await running.settle();

    expect(await contents(cluster, 'theirs')).toEqual(ALL);
    expect(await quotaOf('theirs')).toEqual(before);
    expect(await running.registry.metrics()).toContain('weir_guardrails_overridden{environment="prod"} 1');
    await running.stop();
    const [line = ''] = (await told(cluster, running, 'theirs')).filter((each) =>
      each.startsWith('GuardRailOverridden'),
    );
    expect(line).toContain(
      "ResourceQuota weir-quota is not Weir's and says something else than the guard rail of prod",
    );
    expect(line).toContain('.spec.hard.pods');
  });

  it('becomes the guard rail where it contradicts nothing, and is theirs again afterwards', async () => {
    await cluster.namespace('agreed', 'prod');
    await cluster.apply(aQuota('agreed', { pods: '50', secrets: '9' }));
    running = await runGuardRails(cluster);
    await running.settle();
    const adopted = await quotaOf('agreed');
    expect(valueAt(adopted, 'spec', 'hard')).toEqual({ pods: '50', 'requests.cpu': '1', secrets: '9' });
    expect(labelsOf(adopted)).toEqual({ 'weir.dev/guard-rail': 'quota' });
    const calm = await versions(cluster, 'agreed');

    const { quota: _, ...rest } = SECTION;
    running.hands.change(policiesWith({ prod: rest }));
    await running.settle();
    const released = await quotaOf('agreed');
    expect(valueAt(released, 'spec', 'hard')).toEqual({ pods: '50', secrets: '9' });
    expect([labelsOf(released), annotationsOf(released)]).toEqual([{}, {}]);
    expect(calm.length).toBeGreaterThan(0);
    await running.stop();
    expect((await told(cluster, running, 'agreed')).join('\n')).toContain('GuardRailAdopted: ResourceQuota weir-quota');
  });

  it('stands where it was adopted and they change it', async () => {
    await cluster.namespace('revised', 'prod');
    await cluster.apply(aQuota('revised', { pods: '50' }));
    running = await runGuardRails(cluster);
    await running.settle();
    await cluster.apply(aQuota('revised', { pods: '70' }));
    await running.settle();
    expect(valueAt(await quotaOf('revised'), 'spec', 'hard', 'pods')).toBe('70');
    // the one of the test before is there, too
    expect(await running.registry.metrics()).toContain('weir_guardrails_overridden{environment="prod"} 2');
  });

  it('that is a Role with other rules is bound to nobody', async () => {
    await cluster.namespace('powerful', 'prod');
    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
    const metadata = { namespace: 'powerful', name: 'knative-deployer' };
    await cluster.apply({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules });
    running = await runGuardRails(cluster);
    await running.settle();
    const role = await cluster.client.get(roles, metadata);
    expect(role.rules).toEqual(rules);
    expect(await contents(cluster, 'powerful')).toEqual(ALL.filter((each) => !each.startsWith('RoleBinding')));
  });

  it('stands where it cannot be changed at all', async () => {
    await cluster.namespace('bound', 'prod');
    const group = 'rbac.authorization.k8s.io';
    await cluster.apply({
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata: { namespace: 'bound', name: 'knative-deployer' },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: group, kind: 'Group', name: 'developers' }],
    });
    running = await runGuardRails(cluster);
    await running.settle();
    const binding = await cluster.client.get(roleBindings, { namespace: 'bound', name: 'knative-deployer' });
    expect(valueAt(binding, 'roleRef', 'name')).toBe('view');
    expect(await contents(cluster, 'bound')).toEqual(ALL);
  });
});

describe('beside Argo CD', () => {
  it('what Weir made and Git now has is left to Git', async () => {
    await cluster.namespace('taken', 'prod');
    running = await runGuardRails(cluster);
    await running.settle();
    await argo(resourceQuotas, 'taken', 'weir-quota', { spec: { hard: { pods: '80' } } });
    await running.settle();
    expect(valueAt(await quotaOf('taken'), 'spec', 'hard', 'pods')).toBe('80');
    const calm = await versions(cluster, 'taken');
    await cluster.namespace('taken', 'prod', { touched: 'yes' });
    await running.settle();
    expect(await versions(cluster, 'taken')).toEqual(calm);
    expect(running.news).toEqual([]);

    running.hands.change(policiesWith({ prod: {} }));
    await running.settle();
    expect(await contents(cluster, 'taken')).toEqual(['ResourceQuota weir-quota']);
    expect(valueAt(await quotaOf('taken'), 'spec', 'hard', 'pods')).toBe('80');
  });

  it('each has its own fields, and keeps them through the repairs of the other', async () => {
    await cluster.namespace('fields', 'prod');
    running = await runGuardRails(cluster);
    await running.settle();
    // not tracked: labels and a field of its own, as a tool beside Weir writes them
    const body = { metadata: { labels: { team: 'shop' } }, spec: { hard: { secrets: '20' } } };
    const options = { fieldManager: 'argocd-controller' };
    const place = { namespace: 'fields', name: 'weir-quota' };
    await cluster.client.patch(resourceQuotas, place, { type: 'merge', body }, options);
    await cluster.client.patch(resourceQuotas, place, { type: 'merge', body: { spec: { hard: { pods: '1' } } } });
    await running.settle();

    const quota = await quotaOf('fields');
    expect(owned(quota, 'argocd-controller')).toEqual(['metadata.labels.team', 'spec.hard.secrets']);
    expect(owned(quota, 'weir-guardrails')).toEqual([
      'metadata.annotations.weir.dev/applied',
      'metadata.labels.app.kubernetes.io/managed-by',
      'metadata.labels.weir.dev/guard-rail',
      'spec.hard.pods',
      'spec.hard.requests.cpu',
    ]);
    expect(valueAt(quota, 'spec', 'hard')).toEqual({ pods: '50', 'requests.cpu': '1', secrets: '20' });
  });

  it('what Git has keeps its fields where Weir adds what is missing, and no sync of Git is undone', async () => {
    await cluster.namespace('shared', 'prod');
    await argoServerSide('shared', { pods: '50' });
    running = await runGuardRails(cluster);
    await running.settle();
    const shared = await quotaOf('shared');
    expect(valueAt(shared, 'spec', 'hard')).toEqual({ pods: '50', 'requests.cpu': '1' });
    expect(owned(shared, 'argocd-controller')).toEqual([
      'metadata.annotations.argocd.argoproj.io/tracking-id',
      'spec.hard.pods',
    ]);
    expect(owned(shared, 'weir-guardrails')).toEqual([]);
    expect(owned(shared, 'weir-guardrails-adopted')).not.toContain('metadata.labels.app.kubernetes.io/managed-by');

    // the same once more changes nothing on either side
    const calm = await versions(cluster, 'shared');
    await argoServerSide('shared', { pods: '50' });
    await running.settle();
    expect(await versions(cluster, 'shared')).toEqual(calm);

    await argoServerSide('shared', { pods: '80' });
    await running.settle();
    expect(valueAt(await quotaOf('shared'), 'spec', 'hard', 'pods')).toBe('80');
    const after = await versions(cluster, 'shared');
    await argoServerSide('shared', { pods: '80' });
    await cluster.namespace('shared', 'prod', { touched: 'yes' });
    await running.settle();
    expect(await versions(cluster, 'shared')).toEqual(after);
    expect(running.news).toEqual([]);
  });

  it('what Git takes over by server-side apply is left to Git', async () => {
    await cluster.namespace('seized', 'prod');
    running = await runGuardRails(cluster);
    await running.settle();
    await argoServerSide('seized', { pods: '50', 'requests.cpu': '2' });
    await running.settle();
    const seized = await quotaOf('seized');
    expect(valueAt(seized, 'spec', 'hard')).toEqual({ pods: '50', 'requests.cpu': '2' });
    expect(owned(seized, 'argocd-controller')).toContain('spec.hard.requests.cpu');
    expect(running.news).toEqual([]);
  });

  it('writes no label or annotation by which Argo CD or Helm know their own', async () => {
    await cluster.namespace('plain', 'prod', { 'app.kubernetes.io/instance': 'shop' });
    running = await runGuardRails(cluster);
    await running.settle();
    for (const [resource, name] of [
      [networkPolicies, 'weir-default-deny'],
      [limitRanges, 'weir-limits'],
    ] as const) {
      const object = await cluster.client.get(resource, { namespace: 'plain', name });
      expect(Object.keys(labelsOf(object)).sort()).toEqual(['app.kubernetes.io/managed-by', 'weir.dev/guard-rail']);
      expect(Object.keys(annotationsOf(object))).toEqual(['weir.dev/applied']);
      expect(valueAt(object, 'metadata', 'finalizers')).toBeUndefined();
      expect(valueAt(object, 'metadata', 'ownerReferences')).toBeUndefined();
    }
  });
});
