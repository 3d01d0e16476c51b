import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { type JsonObject, objectAt } from '../../../../src/kubernetes/json.ts';
import {
  CLEANUP_FINALIZER,
  conditionOf,
  DEFINITIONS,
  holds,
} from '../../../../src/platform/apiserver/resources/custom/definition.ts';
import { type KeptResources, keepResources } from '../../../../src/platform/apiserver/resources/keep.ts';
import { openStore } from '../../../../src/platform/apiserver/store/openStore.ts';
import type { Store } from '../../../../src/platform/apiserver/store/store.ts';

const GROUP = 'example.com';

let folder: string;
let store: Store;
let resources: KeptResources;
const errors: unknown[] = [];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-resources-'));
  store = await openStore({ file: path.join(folder, 'store.db'), clock: systemClock });
  resources = keepResources(store, { clock: systemClock, onError: (error) => errors.push(error) });
  await resources.start();
});

afterEach(async () => {
  await resources.stop();
  await store.close();
  rmSync(folder, { recursive: true });
  expect(errors.splice(0)).toEqual([]);
});

describe('a definition', () => {
  it('is established, and its resource served', async () => {
    const before = resources.generation;
    await write(aDefinition({ plural: 'widgets', kind: 'Widget', shortNames: ['wd'] }));
    const definition = await until('widgets', (each) => holds(each, 'Established'));

    expect(conditionOf(definition, 'NamesAccepted')).toMatchObject({ status: 'True', reason: 'NoConflicts' });
    expect(objectAt(definition, 'status', 'acceptedNames')).toEqual({
      kind: 'Widget',
      listKind: 'WidgetList',
      plural: 'widgets',
      shortNames: ['wd'],
      singular: 'widget',
    });
    expect(resources.generation).toBeGreaterThan(before);
    expect(resources.find(GROUP, 'v1', 'widgets')).toMatchObject({
      kind: 'Widget',
      shortNames: ['wd'],
      isCustom: true,
      isNamespaced: true,
      storedAs: 'widgets.example.com',
      storageVersion: 'v1',
    });
    expect(resources.ofKind(GROUP, 'v1', 'Widget')).toBe(resources.find(GROUP, 'v1', 'widgets'));
  });

  it('serves all versions that it says are served, the best one first', async () => {
    const versions = ['v1alpha1', 'v1', 'v2beta1'].map((name) => aVersion(name, name === 'v1'));
    await write(
      aDefinition({ plural: 'widgets', kind: 'Widget' }, [...versions, { ...aVersion('v0'), served: false }]),
    );
    await until('widgets', (each) => holds(each, 'Established'));

    const served = resources.all().filter(({ group }) => group === GROUP);
    expect(served.map(({ version }) => version)).toEqual(['v1', 'v2beta1', 'v1alpha1']);
    expect(resources.ofStored('widgets.example.com')?.version).toBe('v1');
    expect(served.every(({ storageVersion }) => storageVersion === 'v1')).toBe(true);
  });

  it('waits for a name that another one has, and gets it when that goes', async () => {
    await write(aDefinition({ plural: 'widgets', kind: 'Widget' }));
    await until('widgets', (each) => holds(each, 'Established'));
    await write(aDefinition({ plural: 'gadgets', kind: 'Widget' }));
    const refused = await until('gadgets', (each) => conditionOf(each, 'NamesAccepted') !== undefined);

    expect(conditionOf(refused, 'NamesAccepted')).toMatchObject({
      status: 'False',
      reason: 'ListKindConflict',
      message: '"WidgetList" is already in use',
    });
    expect(conditionOf(refused, 'Established')).toMatchObject({ status: 'False', reason: 'NotAccepted' });
    expect(resources.find(GROUP, 'v1', 'gadgets')).toBeUndefined();

    await leave('widgets');
    await until('gadgets', (each) => holds(each, 'Established'));
    expect(resources.find(GROUP, 'v1', 'widgets')).toBeUndefined();
    expect(resources.find(GROUP, 'v1', 'gadgets')?.kind).toBe('Widget');
  });

  it('takes its objects along, and waits for those that have finalizers', async () => {
    await write(aDefinition({ plural: 'widgets', kind: 'Widget' }));
    await until('widgets', (each) => holds(each, 'Established'));
    await put('widgets.example.com', 'shop', aWidget('free', []));
    await put('widgets.example.com', 'shop', aWidget('held', ['example.com/held']));

    await markAsDeleted('widgets');
    const held = await untilObject(
      'widgets.example.com',
      'shop',
      'held',
      (object) => object !== undefined && isGoing(object),
    );
    expect(store.get({ resource: 'widgets.example.com', namespace: 'shop', name: 'free' })).toBeUndefined();
    expect(definition('widgets')).toBeDefined();
    expect(resources.find(GROUP, 'v1', 'widgets')?.verbs).not.toContain('create');
    expect(resources.find(GROUP, 'v1', 'widgets')?.verbs).toContain('patch');

    const key = { resource: 'widgets.example.com', namespace: 'shop', name: 'held' };
    await store.remove(key, held ?? {}, store.get(key)?.revision ?? 0);
    await settled(() => definition('widgets') === undefined);
    expect(resources.find(GROUP, 'v1', 'widgets')).toBeUndefined();
  });

  it.each([
    ['is served', 'put'],
    ['goes with its objects', 'remove'],
  ] as const)('%s also where the first write fails', async (_, failing) => {
    if (failing === 'remove') {
      await write(aDefinition({ plural: 'widgets', kind: 'Widget' }));
      await until('widgets', (each) => holds(each, 'Established'));
      await put('widgets.example.com', 'shop', aWidget('free', []));
    }
    let isFull = true;
    const failOnce = (): void => {
      if (!isFull) return;
      isFull = false;
      throw new Error('the disk is full');
    };
    const realPut = store.put.bind(store);
    const realRemove = store.remove.bind(store);
    jest.spyOn(store, 'put').mockImplementation(async (key, object, revision) => {
      // what the test itself writes is new
      if (failing === 'put' && revision !== undefined) failOnce();
      return realPut(key, object, revision);
    });
    jest.spyOn(store, 'remove').mockImplementation(async (key, object, revision) => {
      if (failing === 'remove') failOnce();
      return realRemove(key, object, revision);
    });

    if (failing === 'put') await write(aDefinition({ plural: 'widgets', kind: 'Widget' }));
    else await markAsDeleted('widgets');
    if (failing === 'put') await until('widgets', (each) => holds(each, 'Established'));
    else await settled(() => definition('widgets') === undefined);
    expect(errors.splice(0)).toEqual([new Error('the disk is full')]);
    expect(resources.find(GROUP, 'v1', 'widgets')?.kind).toBe(failing === 'put' ? 'Widget' : undefined);
  });

  it('neither hides a kind that is built in nor takes its objects', async () => {
    await put('deployments.apps', 'shop', aWidget('web', []));
    await write(aDefinition({ plural: 'deployments', kind: 'Deployment', group: 'apps' }));
    await settled(() => holds(definition('deployments', 'apps') ?? {}, 'Established'));
    expect(resources.find('apps', 'v1', 'deployments')?.isCustom).toBe(false);

    await markAsDeleted('deployments', 'apps');
    await settled(() => definition('deployments', 'apps') === undefined);
    expect(store.get({ resource: 'deployments.apps', namespace: 'shop', name: 'web' })).toBeDefined();
  });

  it('is served again after a restart', async () => {
    await write(aDefinition({ plural: 'widgets', kind: 'Widget' }));
    await until('widgets', (each) => holds(each, 'Established'));
    const again = keepResources(store, { clock: systemClock });
    await again.start();
    expect(again.find(GROUP, 'v1', 'widgets')?.kind).toBe('Widget');
    await again.stop();
  });
});

describe('a custom resource', () => {
  it('is pruned, filled in and judged by its schema, and counts its changes', async () => {
    const spec = { type: 'object', properties: { color: { type: 'string', default: 'red', enum: ['red', 'blue'] } } };
    const status = { type: 'object', properties: { ready: { type: 'boolean' } } };
    const schema = { openAPIV3Schema: { type: 'object', properties: { spec, status } } };
    const version = { ...aVersion('v1', true), schema, subresources: { status: {} } };
    await write(aDefinition({ plural: 'widgets', kind: 'Widget' }, [version]));
    await until('widgets', (each) => holds(each, 'Established'));
    const strategy = resources.find(GROUP, 'v1', 'widgets')?.strategy;
    if (strategy === undefined) throw new Error('widgets are not served');
    const now = new Date(0);

    const filled = strategy.withDefaults({ ...aWidget('a', []), spec: { junk: 1 }, status: { ready: true } });
    expect(filled.spec).toEqual({ color: 'red' });
    const bare = strategy.withDefaults({ ...aWidget('a', []), metadata: { name: 'a', labels: {}, managedFields: [] } });
    expect(bare.metadata).toEqual({ name: 'a' });
    const made = strategy.beforeCreate(filled, { now, subresource: '' });
    expect(made.status).toBeUndefined();
    expect(objectAt(made, 'metadata')?.generation).toBe(1);

    const wrong = strategy.validate({ ...made, spec: { color: 'green' } }, undefined, { now, subresource: '' });
    expect(wrong.map(({ field }) => field)).toEqual(['spec.color']);

    const ready = { ...made, spec: { color: 'blue' }, status: { ready: true } };
    const byStatus = strategy.beforeUpdate(ready, made, { now, subresource: 'status' });
    expect(byStatus).toMatchObject({ spec: { color: 'red' }, status: { ready: true } });
    expect(objectAt(byStatus, 'metadata')?.generation).toBe(1);

    const bySpec = strategy.beforeUpdate({ ...ready, status: {} }, byStatus, { now, subresource: '' });
    expect(bySpec).toMatchObject({ spec: { color: 'blue' }, status: { ready: true } });
    expect(objectAt(bySpec, 'metadata')?.generation).toBe(2);
  });
});

function aDefinition(
  names: { plural: string; kind: string; shortNames?: string[]; group?: string },
  versions: readonly JsonObject[] = [aVersion('v1', true)],
): JsonObject {
  const { group = GROUP, ...own } = names;
  const all = { listKind: `${names.kind}List`, singular: names.kind.toLowerCase(), ...own };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}`, uid: names.plural },
    spec: { group, scope: 'Namespaced', names: all, versions },
    status: { storedVersions: ['v1'] },
  };
}

function aVersion(name: string, storage = false): JsonObject {
  return { name, served: true, storage, schema: { openAPIV3Schema: { type: 'object' } } };
}

function aWidget(name: string, finalizers: readonly string[]): JsonObject {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, namespace: 'shop', uid: name, finalizers } };
}

async function write(object: JsonObject): Promise<void> {
  const name = String(objectAt(object, 'metadata')?.name);
  await store.put({ resource: DEFINITIONS, namespace: '', name }, object, undefined);
}

async function put(resource: string, namespace: string, object: JsonObject): Promise<void> {
  await store.put({ resource, namespace, name: String(objectAt(object, 'metadata')?.name) }, object, undefined);
}

function definition(plural: string, group = GROUP): JsonObject | undefined {
  return store.get({ resource: DEFINITIONS, namespace: '', name: `${plural}.${group}` })?.object();
}

async function leave(plural: string): Promise<void> {
  const key = { resource: DEFINITIONS, namespace: '', name: `${plural}.${GROUP}` };
  await store.remove(key, definition(plural) ?? {}, store.get(key)?.revision ?? 0);
}

async function markAsDeleted(plural: string, group = GROUP): Promise<void> {
  const key = { resource: DEFINITIONS, namespace: '', name: `${plural}.${group}` };
  const object = definition(plural, group) ?? {};
  const marks = { deletionTimestamp: '2026-11-21T20:00:00Z', finalizers: [CLEANUP_FINALIZER] };
  const metadata = { ...objectAt(object, 'metadata'), ...marks };
  await store.put(key, { ...object, metadata }, store.get(key)?.revision);
}

function isGoing(object: JsonObject): boolean {
  return objectAt(object, 'metadata')?.deletionTimestamp !== undefined;
}

async function until(plural: string, isSo: (definition: JsonObject) => boolean): Promise<JsonObject> {
  await settled(() => isSo(definition(plural) ?? {}));
  return definition(plural) ?? {};
}

async function untilObject(
  resource: string,
  namespace: string,
  name: string,
  isSo: (object: JsonObject | undefined) => boolean,
): Promise<JsonObject | undefined> {
  const get = () => store.get({ resource, namespace, name })?.object();
  await settled(() => isSo(get()));
  return get();
}

/** Lets what is under way happen; the limit is for a fault alone. */
async function settled(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it never became so');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
