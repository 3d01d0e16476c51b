import { describe, expect, it } from '@jest/globals';
import { arrayAt, type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import { aCluster, configMap, owner } from './harness.ts';

const COLLECTOR = 'system:serviceaccount:kube-system:generic-garbage-collector';
const MAPS = 'configmaps';
const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
const WIDGETS = 'widgets.example.com';

describe('an object without an owner that stays', () => {
  it('goes with its last owner, and those below it go too, as the garbage collector', async () => {
    const cluster = await aCluster();
    const top = await cluster.create(MAPS, configMap('top'));
    const middle = await cluster.create(MAPS, configMap('middle', { owners: [owner('top', top)] }));
    await cluster.create(MAPS, configMap('bottom', { owners: [owner('middle', middle)] }));
    await cluster.settle();
    expect(mine(cluster.names(MAPS, 'default'))).toEqual(['bottom', 'middle', 'top']);

    cluster.admitted.length = 0;
    await cluster.delete(MAPS, 'top');
    await cluster.settle();
    expect(mine(cluster.names(MAPS, 'default'))).toEqual([]);
    expect(cluster.admitted).toEqual([
      'DELETE configmaps default/top kubernetes-admin',
      `DELETE configmaps default/middle ${COLLECTOR}`,
      `DELETE configmaps default/bottom ${COLLECTOR}`,
    ]);
  });

  it.each([
    ['is not there', 'nobody', 'u', {}],
    ['is another of that name', 'top', 'u', {}],
    ['is in another namespace', 'elsewhere', undefined, {}],
  ])('goes at once when its owner %s', async (_, name, uid, changes) => {
    const cluster = await aCluster();
    await cluster.create(MAPS, configMap('top'));
    const elsewhere = await cluster.create(MAPS, configMap('elsewhere', { namespace: 'kube-public' }));
    await cluster.create(MAPS, configMap('child', { owners: [owner(name, uid ?? elsewhere, changes)] }));
    await cluster.settle();
    expect(cluster.names(MAPS, 'default')).not.toContain('child');
    expect(cluster.names(MAPS, 'default')).toContain('top');
  });

  it('stays while one owner stays, and forgets the others', async () => {
    const cluster = await aCluster();
    const one = await cluster.create(MAPS, configMap('one'));
    const two = await cluster.create(MAPS, configMap('two'));
    await cluster.create(MAPS, configMap('child', { owners: [owner('one', one), owner('two', two)] }));
    await cluster.delete(MAPS, 'one');
    await cluster.settle();
    const references = arrayAt(cluster.get(MAPS, 'child'), 'metadata', 'ownerReferences');
    expect(references.map((each) => stringAt(each, 'name'))).toEqual(['two']);
    await cluster.delete(MAPS, 'two');
    await cluster.settle();
    expect(cluster.get(MAPS, 'child')).toBeUndefined();
  });

  it('stays where its owner is of a kind that nobody knows, until somebody does', async () => {
    const cluster = await aCluster();
    const unknown = owner('x', 'u', { apiVersion: 'example.com/v1', kind: 'Widget' });
    await cluster.create(MAPS, configMap('child', { owners: [unknown] }));
    await cluster.settle();
    cluster.clock.pass(60_000);
    await cluster.settle();
    expect(cluster.get(MAPS, 'child')).toBeDefined();
    expect(cluster.warnings).toEqual([]);
  });
});

describe('an owner whose kind goes with it', () => {
  it('takes along what it owns, also what cannot be deleted before the kind is gone', async () => {
    const cluster = await aCluster();
    await cluster.create(DEFINITIONS, definition());
    await until(() => arrayAt(cluster.get(DEFINITIONS, WIDGETS), 'status', 'conditions').length >= 2);
    const metadata = { name: 'top', namespace: 'default' };
    const uid = await cluster.create(WIDGETS, { apiVersion: 'example.com/v1', kind: 'Widget', metadata });
    const reference = owner('top', uid, { apiVersion: 'example.com/v1', kind: 'Widget' });
    await cluster.create(MAPS, configMap('child', { owners: [reference] }));
    const elsewhere = configMap('elsewhere', { namespace: 'kube-public', owners: [reference] });
    cluster.refuse(({ user }) => (user.name === COLLECTOR ? new Failure(403, 'Forbidden', 'not yet') : undefined));
    await cluster.delete(DEFINITIONS, WIDGETS);
    await until(() => cluster.get(DEFINITIONS, WIDGETS) === undefined);
    await cluster.settle();
    expect(cluster.names(WIDGETS)).toEqual([]);
    expect(cluster.get(MAPS, 'child')).toBeDefined();

    cluster.refuse(() => undefined);
    // whoever comes too late goes as well; one elsewhere never had that owner
    await cluster.create(MAPS, configMap('late', { owners: [reference] }));
    await cluster.create(MAPS, elsewhere);
    cluster.clock.pass(60_000);
    await cluster.settle();
    expect(mine(cluster.names(MAPS, 'default'))).toEqual([]);
    expect(cluster.get(MAPS, 'kube-public/elsewhere')).toBeDefined();
  });
});

describe('an owner in another place', () => {
  it('is told by an Event where it stands in another namespace', async () => {
    const cluster = await aCluster();
    const uid = await cluster.create(MAPS, configMap('top', { namespace: 'kube-public' }));
    await cluster.create(MAPS, configMap('child', { owners: [owner('top', uid)] }));
    await cluster.settle();
    const [name = ''] = cluster.names('events', 'default');
    expect(cluster.get('events', name)).toMatchObject({
      type: 'Warning',
      reason: 'OwnerRefInvalidNamespace',
      message: `ownerRef [v1/ConfigMap, namespace: default, name: top, uid: ${uid}] does not exist in namespace "default"`,
      involvedObject: { kind: 'ConfigMap', name: 'child' },
    });
  });

  it('of what has no namespace itself decides nothing', async () => {
    const cluster = await aCluster();
    const uid = await cluster.create(MAPS, configMap('top'));
    const metadata = { name: 'role', ownerReferences: [owner('top', uid)] };
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules: [] };
    await cluster.create('clusterroles.rbac.authorization.k8s.io', role);
    await cluster.delete(MAPS, 'top');
    await cluster.settle();
    expect(cluster.get('clusterroles.rbac.authorization.k8s.io', 'role')).toBeDefined();
  });

  it('of the cluster takes what it owns in any namespace', async () => {
    const cluster = await aCluster();
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'role' },
      rules: [],
    };
    const uid = await cluster.create('clusterroles.rbac.authorization.k8s.io', role);
    const reference = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'role', uid };
    await cluster.create(MAPS, configMap('child', { owners: [reference] }));
    await cluster.settle();
    expect(cluster.get(MAPS, 'child')).toBeDefined();
    await cluster.delete('clusterroles.rbac.authorization.k8s.io', 'role');
    await cluster.settle();
    expect(cluster.get(MAPS, 'child')).toBeUndefined();
  });
});

describe('a deletion in the foreground', () => {
  it('waits for those who block it, and for no others', async () => {
    const cluster = await aCluster();
    const uid = await cluster.create(MAPS, configMap('top'));
    const blocking = { blockOwnerDeletion: true };
    const held = { finalizers: ['example.com/hold'] };
    await cluster.create(MAPS, configMap('blocking', { owners: [owner('top', uid, blocking)], ...held }));
    await cluster.create(MAPS, configMap('other', { owners: [owner('top', uid)], ...held }));
    await cluster.delete(MAPS, 'top', 'Foreground');
    await cluster.settle();
    expect(stringAt(cluster.get(MAPS, 'top'), 'metadata', 'deletionTimestamp')).toBeDefined();
    for (const name of ['blocking', 'other']) {
      expect(stringAt(cluster.get(MAPS, name), 'metadata', 'deletionTimestamp')).toBeDefined();
    }

    await letGo(cluster, 'other');
    expect(cluster.get(MAPS, 'top')).toBeDefined();
    await letGo(cluster, 'blocking');
    expect(mine(cluster.names(MAPS, 'default'))).toEqual([]);
  });

  it('goes down from owner to owner, and ends from below', async () => {
    const cluster = await aCluster();
    const blocking = { blockOwnerDeletion: true };
    const top = await cluster.create(MAPS, configMap('top'));
    const middle = await cluster.create(MAPS, configMap('middle', { owners: [owner('top', top, blocking)] }));
    await cluster.create(
      MAPS,
      configMap('bottom', { owners: [owner('middle', middle, blocking)], finalizers: ['example.com/hold'] }),
    );
    await cluster.delete(MAPS, 'top', 'Foreground');
    await cluster.settle();
    expect(arrayAt(cluster.get(MAPS, 'middle'), 'metadata', 'finalizers')).toEqual(['foregroundDeletion']);
    await letGo(cluster, 'bottom');
    expect(mine(cluster.names(MAPS, 'default'))).toEqual([]);
  });

  it('ends also where owners own each other', async () => {
    const cluster = await aCluster();
    const blocking = { blockOwnerDeletion: true };
    const one = await cluster.create(MAPS, configMap('one'));
    const two = await cluster.create(MAPS, configMap('two', { owners: [owner('one', one, blocking)] }));
    const revision = cluster.store.get({ resource: MAPS, namespace: 'default', name: 'one' })?.revision;
    const body = { metadata: { ownerReferences: [owner('two', two, blocking)] } };
    expect(revision).toBeDefined();
    await cluster.writes.patch(
      { name: 'a', uid: '', groups: [], extra: {} },
      { resource: MAPS, namespace: 'default', name: 'one' },
      body,
    );
    await cluster.delete(MAPS, 'one', 'Foreground');
    await cluster.settle();
    expect(mine(cluster.names(MAPS, 'default'))).toEqual([]);
  });

  it('no longer waits for one that finds another owner', async () => {
    const cluster = await aCluster();
    const uid = await cluster.create(MAPS, configMap('top'));
    const other = await cluster.create(MAPS, configMap('other'));
    const owners = [owner('top', uid, { blockOwnerDeletion: true }), owner('other', other)];
    await cluster.create(MAPS, configMap('child', { owners }));
    await cluster.delete(MAPS, 'top', 'Foreground');
    await cluster.settle();
    expect(mine(cluster.names(MAPS, 'default'))).toEqual(['child', 'other']);
    expect(arrayAt(cluster.get(MAPS, 'child'), 'metadata', 'ownerReferences')).toHaveLength(1);
  });
});

describe('a deletion that orphans', () => {
  it('leaves those below it, without a reference', async () => {
    const cluster = await aCluster();
    const uid = await cluster.create(MAPS, configMap('top'));
    await cluster.create(MAPS, configMap('child', { owners: [owner('top', uid)] }));
    await cluster.delete(MAPS, 'top', 'Orphan');
    await cluster.settle();
    expect(mine(cluster.names(MAPS, 'default'))).toEqual(['child']);
    expect(stringAt(cluster.get(MAPS, 'child'), 'metadata', 'uid')).toBeDefined();
    expect(arrayAt(cluster.get(MAPS, 'child'), 'metadata', 'ownerReferences')).toEqual([]);
  });
});

describe('a deletion that comes too late', () => {
  it('leaves what has found another owner meanwhile', async () => {
    const cluster = await aCluster();
    const top = await cluster.create(MAPS, configMap('top'));
    const other = await cluster.create(MAPS, configMap('other'));
    await cluster.create(MAPS, configMap('child', { owners: [owner('top', top)] }));
    const key = { resource: MAPS, namespace: 'default', name: 'child' };
    const adopt = { metadata: { ownerReferences: [owner('other', other)] } };
    let isAdopted = false;
    const meanwhile = async (): Promise<undefined> => {
      isAdopted = true;
      await cluster.writes.patch({ name: 'adopter', uid: '', groups: [], extra: {} }, key, adopt);
    };
    cluster.refuse(({ operation, name }) =>
      operation === 'DELETE' && name === 'child' && !isAdopted ? meanwhile() : undefined,
    );
    await cluster.delete(MAPS, 'top');
    await cluster.settle();
    cluster.clock.pass(1000);
    await cluster.settle();
    expect(isAdopted).toBe(true);
    expect(mine(cluster.names(MAPS, 'default'))).toEqual(['child', 'other']);
  });
});

describe('a deletion that is refused', () => {
  it('is tried again', async () => {
    const cluster = await aCluster();
    const uid = await cluster.create(MAPS, configMap('top'));
    await cluster.create(MAPS, configMap('child', { owners: [owner('top', uid)] }));
    const notToday = new Failure(403, 'Forbidden', 'not today');
    cluster.refuse(({ name, user }) => (name === 'child' && user.name === COLLECTOR ? notToday : undefined));
    await cluster.delete(MAPS, 'top');
    await cluster.settle();
    expect(cluster.get(MAPS, 'child')).toBeDefined();
    expect(cluster.warnings[0]).toBe('is tried again: not today');

    cluster.refuse(() => undefined);
    cluster.clock.pass(60_000);
    await cluster.settle();
    expect(cluster.get(MAPS, 'child')).toBeUndefined();
  });
});

function definition(): JsonObject {
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } };
  const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: WIDGETS },
    spec: { group: 'example.com', scope: 'Namespaced', names, versions: [version] },
  };
}

/** Definitions are followed beside the rest; the limit is for a fault alone. */
async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it never became so');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function letGo(cluster: Awaited<ReturnType<typeof aCluster>>, name: string): Promise<void> {
  const key = { resource: MAPS, namespace: 'default', name };
  await cluster.writes.patch({ name: 'holder', uid: '', groups: [], extra: {} }, key, {
    metadata: { finalizers: null },
  });
  await cluster.settle();
}

function mine(names: readonly string[]): string[] {
  return names.filter((name) => name !== 'kube-root-ca.crt');
}
