/** Objects and parts of objects, from few values so that they meet. */
import type { JsonObject, JsonValue } from '../../../../../src/kubernetes/json.ts';
import { KINDS, type Kind } from './kinds.ts';
import type { Random } from './random.ts';

/** A whole object, as a create or an update sends it. */
export function bodyOf(random: Random, kind: Kind): JsonObject {
  return make(random, kind, true);
}

/** What a manager cares for: part of an object. */
export function configOf(random: Random, kind: Kind): JsonObject {
  return make(random, kind, kind === 'Deployment' && random.isTrue(0.5));
}

function make(random: Random, kind: Kind, isWhole: boolean): JsonObject {
  const { group, version } = KINDS[kind];
  return {
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
    metadata: { name: 'it', ...metadataOf(random) },
    ...contentOf(random, kind, isWhole),
  };
}

function metadataOf(random: Random): JsonObject {
  return {
    ...(random.isTrue(0.5) && { labels: random.oneOf([{ l: '1' }, { l: '2' }, { m: 'x' }, { l: '1', m: 'x' }, {}]) }),
    ...(random.isTrue(0.3) && { annotations: random.oneOf([{ n: '1' }, { n: '2', o: '<&>' }]) }),
    ...(random.isTrue(0.1) && { finalizers: random.some(['weir.dev/a', 'weir.dev/b'], 2) }),
    ...(random.isTrue(0.1) && { ownerReferences: random.some([owner('1'), owner('2')], 2) }),
  };
}

function owner(uid: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: `owner-${uid}`,
    uid: `00000000-0000-0000-0000-00000000000${uid}`,
  };
}

function contentOf(random: Random, kind: Kind, isWhole: boolean): JsonObject {
  switch (kind) {
    case 'ConfigMap':
      return maybe(random, { data: random.oneOf([{ k: '1' }, { k: '2' }, { j: '1' }, { k: '1', j: '2' }, {}]) }, 0.9);
    case 'Service':
      return { spec: serviceSpec(random) };
    case 'Deployment':
      return { spec: deploymentSpec(random, isWhole) };
    case 'Gauge':
      return { spec: gaugeSpec(random), ...(random.isTrue(0.15) && { status: statusOf(random, kind) }) };
  }
}

function serviceSpec(random: Random): JsonObject {
  return {
    clusterIP: 'None',
    ports: random.shuffled(random.some(PORTS, 3)).map((port) => random.oneOf([port, { ...port, appProtocol: 'http' }])),
    ...maybe(random, { selector: random.oneOf([{ app: '1' }, { app: '2', tier: 'x' }]) }, 0.5),
    ...maybe(random, { publishNotReadyAddresses: true }, 0.2),
  };
}

const PORTS: readonly JsonObject[] = [
  { name: 'web', port: 80 },
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 'dns' },
  { name: 'admin', port: 8080, targetPort: 80 },
];

function deploymentSpec(random: Random, isWhole: boolean): JsonObject {
  const template = {
    metadata: { labels: { app: 'it', ...maybe(random, { v: random.oneOf(['1', '2']) }, 0.4) } },
    spec: podSpec(random, isWhole),
  };
  return {
    ...maybe(random, { replicas: random.oneOf([0, 1, 2]) }, 0.5),
    ...maybe(random, { paused: random.isTrue(0.5) }, 0.2),
    ...maybe(
      random,
      {
        strategy: random.oneOf<JsonObject>([
          { type: 'Recreate' },
          { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
        ]),
      },
      0.2,
    ),
    ...(isWhole && { selector: { matchLabels: { app: 'it' } } }),
    ...((isWhole || random.isTrue(0.6)) && { template }),
  };
}

function podSpec(random: Random, isWhole: boolean): JsonObject {
  const names = ['web', 'side', 'log'];
  const containers = random.shuffled(isWhole ? random.some(names, 3) : random.some(names, 2));
  return {
    containers: containers.map((name) => container(random, name)),
    ...maybe(random, { nodeSelector: random.oneOf([{ disk: 'ssd' }, { disk: 'hdd', zone: 'a' }]) }, 0.2),
    ...maybe(random, { tolerations: [{ key: 'k', operator: 'Exists' }] }, 0.2),
    ...maybe(
      random,
      {
        volumes: random.some<JsonObject>(
          [
            { name: 'tmp', emptyDir: {} },
            { name: 'conf', configMap: { name: random.oneOf(['c', 'd']) } },
          ],
          2,
        ),
      },
      0.3,
    ),
    ...maybe(random, { imagePullSecrets: random.some([{ name: 'p' }, { name: 'q' }], 2) }, 0.2),
    ...maybe(random, { securityContext: { runAsNonRoot: true } }, 0.2),
    ...maybe(random, { hostAliases: [{ ip: '10.0.0.1', hostnames: ['a', 'b'] }] }, 0.1),
  };
}

function container(random: Random, name: string): JsonObject {
  return {
    name,
    image: random.oneOf(['one:1', 'two:1']),
    ...maybe(random, { args: random.oneOf([['a'], ['a', 'b']]) }, 0.3),
    ...maybe(random, { env: random.shuffled(random.some(ENV, 3)) }, 0.4),
    ...maybe(
      random,
      {
        ports: random.shuffled(
          random.some<JsonObject>(
            [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }, { containerPort: 53, name: 'dns' }],
            3,
          ),
        ),
      },
      0.4,
    ),
    ...maybe(
      random,
      {
        resources: random.oneOf<JsonObject>([
          { limits: { cpu: '1' } },
          { limits: { memory: '1Gi' }, requests: { cpu: '100m' } },
          {},
        ]),
      },
      0.3,
    ),
  };
}

const ENV: readonly JsonObject[] = [
  { name: 'A', value: '1' },
  { name: 'B', value: '2' },
  { name: 'C', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
];

function gaugeSpec(random: Random): JsonObject {
  const all: readonly JsonObject[] = [
    { size: random.oneOf([1, 2]) },
    { text: random.oneOf(['x', 'y']) },
    { any: random.oneOf<JsonValue>([1, '1', '50%']) },
    { set: random.shuffled(random.some(['a', 'b', 'c<d'], 3)) },
    { numbers: random.shuffled(random.some([1, 2, 3], 3)) },
    { atomic: random.oneOf([['a'], ['a', 'b'], []]) },
    { map: random.shuffled(random.some(['a', 'b', 'c'], 3)).map((name) => item(random, { name })) },
    {
      pairs: random
        .shuffled(random.some<JsonObject>([{ name: 'a' }, { name: 'a', port: 81 }, { name: 'b', port: 80 }], 3))
        .map((key) => item(random, key)),
    },
    { granular: random.oneOf([{ a: '1' }, { a: '2', b: '1' }, {}]) },
    { nested: random.oneOf<JsonObject>([{ a: '1' }, { b: { c: 1 } }, { a: '2', b: { c: 2 } }, {}, { b: {} }]) },
    { whole: random.oneOf([{ a: '1' }, { a: '1', b: '2' }]) },
    {
      free: random.oneOf<JsonObject>([{ a: [1, { b: 2 }] }, { a: [1], c: { d: 'x' } }, { c: 'y' }, { c: { e: null } }]),
    },
    { half: random.oneOf<JsonObject>([{ known: '1' }, { known: '2', other: { x: 1 } }, { other: [1] }]) },
    {
      embedded: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'in', labels: { l: random.oneOf(['1', '2']) } },
        spec: random.oneOf([{ x: 1 }, { y: 2 }]),
      },
    },
  ];
  return Object.assign({}, ...random.some(all, 6));
}

function item(random: Random, key: JsonObject): JsonObject {
  return {
    ...key,
    ...maybe(random, { value: random.oneOf(['1', '2']) }, 0.5),
    ...maybe(random, { tags: random.some(['s', 't'], 2) }, 0.3),
  };
}

export function statusOf(random: Random, kind: Kind): JsonObject {
  switch (kind) {
    case 'Gauge':
      return {
        ...maybe(random, { phase: random.oneOf(['x', 'y']) }, 0.7),
        conditions: random.some<JsonObject>(
          [
            { type: 'A', status: random.oneOf(['True', 'False']) },
            { type: 'B', status: 'True' },
          ],
          2,
        ),
      };
    case 'Deployment':
      return {
        observedGeneration: random.oneOf([1, 2]),
        conditions: random.some<JsonObject>(
          [
            { type: 'Available', status: random.oneOf(['True', 'False']) },
            { type: 'Progressing', status: 'True' },
          ],
          2,
        ),
      };
    default:
      return { loadBalancer: random.oneOf<JsonObject>([{}, { ingress: [{ ip: '10.9.0.1', ipMode: 'VIP' }] }]) };
  }
}

function maybe(random: Random, part: JsonObject, chance: number): JsonObject {
  return random.isTrue(chance) ? part : {};
}
