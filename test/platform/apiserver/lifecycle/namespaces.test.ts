import { describe, expect, it } from '@jest/globals';
import { arrayAt, isObject, type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import type { AdmissionAttributes } from '../../../../src/platform/apiserver/admission/admission.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import { aCluster, type Cluster, configMap } from './harness.ts';

const CONTROLLER = 'system:serviceaccount:kube-system:namespace-controller';

function namespace(name: string): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** By type: reason and message of those that are not well. */
function flaws(cluster: Cluster, name: string): Record<string, string> {
  const conditions = arrayAt(cluster.get('namespaces', name), 'status', 'conditions').filter(isObject);
  const bad = conditions.filter(({ status }) => status === 'True');
  return Object.fromEntries(bad.map(({ type, reason, message }) => [type, `${reason}: ${message}`]));
}

describe('a namespace that is deleted', () => {
  it('takes its content with it, as the namespace controller', async () => {
    const cluster = await aCluster();
    await cluster.create('namespaces', namespace('shop'));
    await cluster.settle();
    await cluster.create('configmaps', configMap('a', { namespace: 'shop' }));
    await cluster.create('configmaps', configMap('kept'));
    cluster.admitted.length = 0;
    await cluster.delete('namespaces', 'shop');
    await cluster.settle();
    expect(cluster.get('namespaces', 'shop')).toBeUndefined();
    expect(cluster.names('configmaps', 'shop')).toEqual([]);
    expect(cluster.names('serviceaccounts', 'shop')).toEqual([]);
    expect(cluster.get('configmaps', 'kept')).toBeDefined();
    // of a whole collection: webhooks find the name in the object
    expect(cluster.admitted).toContain(`DELETE configmaps shop/ ${CONTROLLER}`);
    expect(cluster.admitted).toContain(`UPDATE namespaces/finalize shop/shop ${CONTROLLER}`);
    // nobody makes an account in a namespace that goes
    expect(cluster.admitted.filter((line) => line.startsWith('CREATE'))).toEqual([]);
    expect(cluster.warnings).toEqual([]);
  });

  it('waits for finalizers, says so, and goes when they have', async () => {
    const cluster = await aCluster();
    await cluster.create('namespaces', namespace('shop'));
    await cluster.create('configmaps', configMap('a', { namespace: 'shop', finalizers: ['example.com/hold'] }));
    await cluster.delete('namespaces', 'shop');
    await cluster.settle();
    expect(stringAt(cluster.get('namespaces', 'shop'), 'status', 'phase')).toBe('Terminating');
    expect(flaws(cluster, 'shop')).toEqual({
      NamespaceContentRemaining:
        'SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
      NamespaceFinalizersRemaining:
        'SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    });

    const key = { resource: 'configmaps', namespace: 'shop', name: 'a' };
    await cluster.writes.patch({ name: 'holder', uid: '', groups: [], extra: {} }, key, {
      metadata: { finalizers: null },
    });
    await cluster.settle();
    expect(cluster.get('namespaces', 'shop')).toBeUndefined();
  });

  it('whose content may not be deleted says why, and tries again', async () => {
    const cluster = await aCluster();
    await cluster.create('namespaces', namespace('shop'));
    await cluster.create('configmaps', configMap('a', { namespace: 'shop' }));
    const refusal = new Failure(403, 'Forbidden', 'admission webhook "x" denied the request: no');
    const isOurs = ({ operation, old }: AdmissionAttributes): boolean =>
      operation === 'DELETE' && stringAt(old, 'metadata', 'name') === 'a';
    cluster.refuse((attributes) => (isOurs(attributes) ? refusal : undefined));
    await cluster.delete('namespaces', 'shop');
    await cluster.settle();
    expect(flaws(cluster, 'shop')).toEqual({
      NamespaceDeletionContentFailure:
        'ContentDeletionFailed: Failed to delete all resource types, 1 remaining: admission webhook "x" denied the request: no',
    });
    cluster.refuse(() => undefined);
    cluster.clock.pass(10_000);
    await cluster.settle();
    expect(cluster.get('namespaces', 'shop')).toBeUndefined();
  });

  it('lets pods end first, and leaves the rest until then', async () => {
    const cluster = await aCluster();
    await cluster.create('namespaces', namespace('shop'));
    await cluster.settle();
    await cluster.create('configmaps', configMap('a', { namespace: 'shop' }));
    const spec = { nodeName: 'n1', containers: [{ name: 'web', image: 'web' }] };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec };
    await cluster.create('pods', pod);
    await cluster.delete('namespaces', 'shop');
    await cluster.settle();
    expect(cluster.names('pods', 'shop')).toEqual(['web']);
    expect(cluster.get('configmaps', 'shop/a')).toBeDefined();

    cluster.clock.pass(30_000);
    await cluster.settle();
    expect(cluster.get('namespaces', 'shop')).toBeUndefined();
    expect(cluster.admitted).toContain('DELETE pods shop/web system:serviceaccount:kube-system:pod-garbage-collector');
  });

  it('takes custom objects too', async () => {
    const cluster = await aCluster();
    await cluster.create('customresourcedefinitions.apiextensions.k8s.io', WIDGETS);
    while (cluster.get('widgets.example.com', 'none') === undefined && !isServed(cluster)) await tick();
    await cluster.create('namespaces', namespace('shop'));
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'shop' } };
    const uid = await cluster.create('widgets.example.com', widget);
    const reference = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid };
    await cluster.create('configmaps', configMap('owned', { namespace: 'shop', owners: [reference] }));
    await cluster.settle();
    expect(cluster.get('configmaps', 'shop/owned')).toBeDefined();
    await cluster.delete('namespaces', 'shop');
    await cluster.settle();
    expect(cluster.names('widgets.example.com')).toEqual([]);
    expect(cluster.get('namespaces', 'shop')).toBeUndefined();
  });
});

const WIDGETS: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

function isServed(cluster: Cluster): boolean {
  const definition = cluster.get('customresourcedefinitions.apiextensions.k8s.io', 'widgets.example.com');
  const conditions = arrayAt(definition, 'status', 'conditions').filter(isObject);
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
