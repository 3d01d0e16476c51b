/** Patches, by what stands and what could stand. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../../../src/kubernetes/json.ts';
import { configOf } from './bodies.ts';
import type { Kind } from './kinds.ts';
import type { Random } from './random.ts';

export function isDeployment(kind: Kind): boolean {
  return kind === 'Deployment';
}

/** A server brings these back by rules of its own. */
const LEFT_ALONE = ['managedFields', 'ownerReferences', 'ipFamilies', 'clusterIPs'];

/** Pointers to the lists of an object, but for managedFields. */
export function listsIn(value: JsonValue | undefined, path = ''): string[] {
  if (isArray(value)) return [path, ...value.flatMap((item, index) => listsIn(item, `${path}/${index}`))];
  if (!isObject(value)) return [];
  return Object.keys(value)
    .filter((key) => !LEFT_ALONE.includes(key) && !key.includes('/'))
    .flatMap((key) => listsIn(value[key], `${path}/${key}`));
}

/** As kubectl writes them, and as people do. */
export function strategicPatchOf(random: Random, kind: Kind): JsonValue {
  if (random.isTrue(0.4)) {
    const { apiVersion: _, kind: __, metadata, ...content } = configOf(random, kind);
    return { metadata: { ...(isObject(metadata) ? metadata : {}), name: 'it' }, ...content };
  }
  return random.oneOf(PATCHES[kind](random));
}

function anything(random: Random): JsonObject[] {
  return [
    { metadata: { labels: { $patch: 'replace', l: random.oneOf(['1', '9']) } } },
    { metadata: { labels: { $patch: 'delete' } } },
    { metadata: { annotations: null } },
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['weir.dev/a'] } },
    {
      metadata: {
        '$setElementOrder/finalizers': ['weir.dev/b', 'weir.dev/a'],
        finalizers: ['weir.dev/b', 'weir.dev/a'],
      },
    },
    { metadata: { ownerReferences: [{ $patch: 'delete', uid: '00000000-0000-0000-0000-000000000001' }] } },
    { metadata: { labels: { $retainKeys: ['l'], l: '5' } } },
    { metadata: { labels: { $patch: 'nonsense' } } },
    { metadata: { labels: { $retainKeys: ['m'], l: '5' } } },
    { metadata: { managedFields: [{}] } },
  ];
}

function configMap(random: Random): JsonObject[] {
  return [...anything(random), { data: { k: null, z: '1' } }];
}

function service(random: Random): JsonObject[] {
  return [
    ...anything(random),
    { spec: { ports: [{ port: 80, name: 'web', targetPort: random.oneOf([81, 82]) }] } },
    {
      spec: {
        ports: [
          { $patch: 'delete', port: 80 },
          { port: 9, name: 'nine' },
        ],
      },
    },
    { spec: { ports: [{ $patch: 'replace' }, { port: 8, name: 'eight' }] } },
    { spec: { '$setElementOrder/ports': [{ port: 8080 }, { port: 80 }, { port: 53 }] } },
    { spec: { '$setElementOrder/ports': [{ port: 53 }, { port: 80 }], ports: [{ port: 80, name: 'www' }] } },
    { spec: { ports: [{ name: 'keyless' }] } },
    { spec: { selector: { app: null, tier: 'y' } } },
  ];
}

function deployment(random: Random): JsonObject[] {
  const pod = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } });
  return [
    ...anything(random),
    pod({ containers: [{ name: 'web', image: random.oneOf(['one:1', 'three:1']) }] }),
    pod({
      containers: [
        { name: 'side', $patch: 'delete' },
        {
          name: 'web',
          env: [
            { name: 'A', value: '7' },
            { name: 'B', $patch: 'delete' },
          ],
        },
      ],
    }),
    pod({ containers: [{ name: 'new', image: 'n:1', env: [{ name: 'Z', $patch: 'delete' }] }] }),
    pod({
      '$setElementOrder/containers': [{ name: 'log' }, { name: 'web' }, { name: 'new' }],
      containers: [{ name: 'new', image: 'n:1' }],
    }),
    pod({ '$setElementOrder/containers': [{ name: 'web' }], containers: [{ name: 'log', image: 'n:1' }] }),
    pod({ '$setElementOrder/imagePullSecrets': [{ name: 'q' }, { name: 'p' }] }),
    pod({ containers: [{ $patch: 'replace' }, { name: 'only', image: 'o:1' }] }),
    pod({ containers: [{ name: 'web', image: 'one:1', $patch: 'replace' }] }),
    pod({ containers: [{ name: 'web', args: ['z'], ports: [{ containerPort: 80, name: 'http' }] }] }),
    pod({ volumes: [{ name: 'tmp', $retainKeys: ['name', 'configMap'], configMap: { name: 'x' }, emptyDir: null }] }),
    pod({ volumes: [{ name: 'conf', $patch: 'delete' }], nodeSelector: { disk: null } }),
    pod({ containers: [{ image: 'nameless' }] }),
    pod({ containers: [{ name: 'web', nonsense: { a: { b: 1 } } }] }),
    { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
    { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate', rollingUpdate: { maxSurge: 2 } } } },
    {
      spec: {
        template: {
          $patch: 'replace',
          metadata: { labels: { app: 'it' } },
          spec: { containers: [{ name: 'r', image: 'r:1' }] },
        },
      },
    },
    { spec: { replicas: null, paused: random.isTrue(0.5) } },
    { spec: { template: { metadata: { labels: ['a'] } } } },
  ];
}

const PATCHES: Readonly<Record<Kind, (random: Random) => JsonObject[]>> = {
  ConfigMap: configMap,
  Service: service,
  Deployment: deployment,
  Gauge: anything,
};
