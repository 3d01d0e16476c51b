/** What can happen to a sound object on its way into a repository: something is lost, mistyped, moved or added. */
import fc from 'fast-check';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../src/kubernetes/json.ts';
import { join, parent, resolve } from '../../src/kubernetes/pointer.ts';
import { applyEdits, type Edit } from '../../src/policy/engine/edit.ts';
import { IMAGE, objects } from './objects.ts';

type Mutation =
  | { readonly do: 'remove'; readonly at: number }
  | { readonly do: 'replace' | 'append'; readonly at: number; readonly by: JsonValue }
  | { readonly do: 'add'; readonly at: number; readonly key: string; readonly by: JsonValue }
  | { readonly do: 'graft'; readonly at: number; readonly from: number; readonly object: number }
  | { readonly do: 'set'; readonly place: string; readonly by: JsonValue };

const A = 'autoscaling.knative.dev';

/** Values that mean something somewhere, and values that mean nothing anywhere. */
const values: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue[]>(
  ...[
    '',
    '0',
    '1',
    '2',
    '3',
    '10',
    '50',
    '100',
    '500',
    '-1',
    '1e3',
    '0x10',
    '٣',
    'x',
    'true',
    '1.5',
    ' 5',
    '99999999999',
  ],
  ...['6s', '60s', '1h', '-5s', '300ms', '1d', 'PT1S', 'PT10M', 'P1D', 'PT0S', 'P1Y2M3DT4H5M6S'],
  ...['100m', '1Gi', '512Mi', '64', '1E', '0.1', '512Gi', '-1Gi', '1e-12', 'lots'],
  ...['kpa.autoscaling.knative.dev', 'hpa.autoscaling.knative.dev', 'concurrency', 'rps', 'cpu', 'memory'],
  ...[IMAGE, 'nginx', 'nginx:latest', `a@sha256:${'b'.repeat(64)}`, ':', 'registry.example.com/', '://', 'UPPER/x:y'],
  ...[
    '*',
    'default',
    'cart',
    'orders',
    'shop',
    'cluster-admin',
    'None',
    '/',
    '~',
    '~1',
    '{}',
    'a\nb',
    '\u0000',
    '\u0007',
  ],
  ...['http://cart.shop', 'http://user:pw-in-a-url@host/x', 'http://', 'cart.shop.svc.cluster.local', '* * * * *'],
  ...[0, 1, 2, -1, 5, 80, 100, 600, 1000, 0.5, 2 ** 31, 1e21, 1e308, -0.1, true, false, null],
  ...[
    [],
    {},
    [null],
    [{}],
    [[]],
    ['*'],
    [''],
    [0],
    ['a', 'a'],
    { a: null },
    { '': '' },
    [[[[]]]],
    { a: { b: { c: [] } } },
  ],
);

const keys = fc.constantFrom(
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'length',
    '',
    ' ',
    '/',
    '~',
    '~0',
    'a/b~c',
    '0',
    '-',
  ],
  ...[
    'spec',
    'name',
    'namespace',
    'template',
    'metadata',
    'annotations',
    'labels',
    'containers',
    'initContainers',
    'env',
  ],
  ...['resources', 'requests', 'limits', 'image', 'traffic', 'delivery', 'deadLetterSink', 'retry', 'imagePullSecrets'],
  ...[
    'timeoutSeconds',
    'containerConcurrency',
    'securityContext',
    'podSelector',
    'ingress',
    'egress',
    'rules',
    'subjects',
  ],
  ...['channelTemplate', 'filter', 'filters', 'subscriber', 'reply', 'uri', 'ref', 'sink', 'minReplicaCount', 'value'],
);

/** Places where much hangs on what stands there. */
const places = fc.constantFrom(
  ...[
    '/metadata/name',
    '/metadata/namespace',
    '/metadata/labels',
    '/metadata/annotations',
    '/spec',
    '/metadata',
    '/data',
  ],
  ...['min-scale', 'minScale', 'max-scale', 'maxScale', 'target', 'class', 'metric', 'window', 'scale-down-delay'].map(
    (key) => join('/spec/template/metadata/annotations', `${A}/${key}`),
  ),
  ...['initial-scale', 'activation-scale', 'target-burst-capacity', 'target-utilization-percentage', 'maxscale'].map(
    (key) => join('/spec/template/metadata/annotations', `${A}/${key}`),
  ),
  ...['min-scale', 'maxScale', 'mni-scale'].map((key) => join('/metadata/annotations', `${A}/${key}`)),
  ...['containerConcurrency', 'timeoutSeconds', 'imagePullSecrets', 'serviceAccountName', 'initContainers'].map((key) =>
    join('/spec/template/spec', key),
  ),
  ...['image', 'resources', 'resources/limits', 'resources/limits/cpu', 'resources/requests/memory', 'env', 'args'].map(
    (key) => `/spec/template/spec/containers/0/${key}`,
  ),
  ...['securityContext', 'securityContext/runAsUser', 'ports', 'readinessProbe', 'imagePullSecrets', 'name'].map(
    (key) => `/spec/template/spec/containers/0/${key}`,
  ),
  ...[
    '/spec/traffic',
    '/spec/traffic/0/percent',
    '/spec/traffic/0/tag',
    '/spec/template/metadata/name',
    '/spec/delivery',
  ],
  ...[
    '/spec/delivery/retry',
    '/spec/delivery/backoffDelay',
    '/spec/delivery/deadLetterSink',
    '/spec/broker',
    '/spec/sink',
  ],
  ...[
    '/spec/subscriber',
    '/spec/filter',
    '/spec/minReplicaCount',
    '/spec/maxReplicaCount',
    '/spec/replicas',
    '/rules/0',
  ],
);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), at: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('replace' as const), at: fc.nat(), by: values }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('append' as const), at: fc.nat(), by: values }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('add' as const), at: fc.nat(), key: keys, by: values }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('set' as const), place: places, by: values }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('graft' as const), at: fc.nat(), from: fc.nat(), object: fc.nat() }),
  },
);

/** Any of the objects after some mutations; its apiVersion and kind stay, or nothing would judge it. */
export const mutated: fc.Arbitrary<JsonObject> = mutatedFrom(objects);

export function mutatedFrom(bases: readonly JsonObject[], most = 5): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(fc.constantFrom(...bases), fc.array(mutation, { maxLength: most }))
    .map(([base, mutations]) => mutations.reduce(mutate, base));
}

/** An object, and what stands beside it. */
export interface World {
  readonly object: JsonObject;
  readonly beside: readonly JsonObject[];
}

export const worlds: fc.Arbitrary<World> = worldsOf(mutated);

export function worldsOf(judged: fc.Arbitrary<JsonObject>): fc.Arbitrary<World> {
  return fc.record({
    object: judged,
    beside: fc.oneof(fc.constant([]), fc.array(fc.oneof(fc.constantFrom(...objects), mutated), { maxLength: 6 })),
  });
}

function mutate(object: JsonObject, change: Mutation): JsonObject {
  if (change.do === 'set') return applyEdits(object, [{ set: change.place, value: change.by }]);
  const at = pick(placesIn(object), change.at);
  if (at === undefined) return object;
  return applyEdits(object, [editFor(object, at, change)]);
}

function editFor(object: JsonObject, at: string, change: Exclude<Mutation, { do: 'set' }>): Edit {
  const value = resolve(object, at);
  switch (change.do) {
    case 'remove':
      return { remove: at };
    case 'replace':
      return { set: at, value: change.by };
    case 'append':
      return { set: isArray(value) ? join(at, '-') : at, value: change.by };
    case 'add':
      return { set: isObject(value) ? join(at, change.key) : join(parent(at), change.key), value: change.by };
    case 'graft': {
      const other = pick(objects, change.object) ?? {};
      const from = pick(placesIn(other), change.from) ?? '';
      return { set: at, value: resolve(other, from) ?? null };
    }
  }
}

function pick<Item>(items: readonly Item[], number: number): Item | undefined {
  return items[number % items.length];
}

/** Pointers to everything in the object but itself, its apiVersion and its kind. */
export function placesIn(object: JsonObject): string[] {
  const found: string[] = [];
  collect(object, '', found);
  return found.filter((place) => place !== '/apiVersion' && place !== '/kind');
}

function collect(value: JsonValue | undefined, path: string, found: string[]): void {
  if (path !== '') found.push(path);
  if (isArray(value)) for (const [index, item] of value.entries()) collect(item, join(path, index), found);
  else if (isObject(value)) for (const key of Object.keys(value)) collect(value[key], join(path, key), found);
}

/** Pointers to texts, numbers, truth values, nulls and what is empty. */
export function leavesIn(object: JsonObject): string[] {
  return placesIn(object).filter((place) => {
    const value = resolve(object, place);
    return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
  });
}
