/** Small sequences of requests about one object, made from a number: the same number gives the same sequence. */
import type { JsonObject, JsonValue } from '../../../../../src/kubernetes/json.ts';
import { bodyOf, configOf, statusOf } from './bodies.ts';
import { isDeployment, listsIn, strategicPatchOf } from './changes.ts';
import { KINDS, type Kind } from './kinds.ts';
import { type Random, randomFrom } from './random.ts';

export interface Step {
  readonly type: 'create' | 'apply' | 'update' | 'json' | 'merge' | 'strategic';
  readonly manager: string;
  readonly force: boolean;
  readonly subresource: '' | 'status';
  /** The whole object, or the patch. */
  readonly body: JsonValue;
}

/** A sequence that is made as it goes: what comes next depends on how the object stands. */
export interface Sequence {
  readonly kind: Kind;
  readonly next: (live: JsonObject | undefined) => Step;
}

const FEW = ['a', 'b', 'kubectl'];
/** So many that the oldest updaters become one. */
const MANY = Array.from({ length: 14 }, (_, index) => `m${index}`);
/** What `kubectl apply` without the server's help leaves behind. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export function sequence(seed: number): Sequence {
  const random = randomFrom(seed);
  const kinds = Object.keys(KINDS).filter((kind): kind is Kind => Object.hasOwn(KINDS, kind));
  const kind = random.oneOf([...kinds, 'Gauge', 'Deployment'] as const);
  const managers = random.isTrue(0.1) ? MANY : FEW;
  return {
    kind,
    next: (live) => (live === undefined ? first(random, kind, managers) : later(random, kind, live, managers)),
  };
}

function first(random: Random, kind: Kind, managers: readonly string[]): Step {
  const type = random.oneOf(['create', 'apply'] as const);
  const body = type === 'create' ? created(random, kind) : configOf(random, kind);
  return { type, manager: random.oneOf(managers), force: false, subresource: '', body };
}

function created(random: Random, kind: Kind): JsonObject {
  const body = bodyOf(random, kind);
  if (random.isTrue(0.7)) return body;
  const metadata = object(body.metadata);
  const annotations = { ...object(metadata.annotations), [LAST_APPLIED]: JSON.stringify(body) };
  return { ...body, metadata: { ...metadata, annotations } };
}

function later(random: Random, kind: Kind, live: JsonObject, managers: readonly string[]): Step {
  const { isCustom, hasStatus } = KINDS[kind];
  const subresource = hasStatus && random.isTrue(0.12) ? 'status' : '';
  const types = ['apply', 'apply', 'apply', 'update', 'json', 'merge', ...(isCustom ? [] : ['strategic'])] as const;
  const type = random.oneOf(types) as Step['type'];
  const step = { type, manager: random.oneOf(managers), force: random.isTrue(0.4), subresource } as const;
  return { ...step, body: bodyFor(random, kind, live, step) };
}

function bodyFor(random: Random, kind: Kind, live: JsonObject, { type, subresource }: Omit<Step, 'body'>): JsonValue {
  if (subresource === 'status') return onStatus(random, kind, live, type);
  switch (type) {
    case 'apply':
      return configOf(random, kind);
    case 'update':
      return updated(random, kind, live);
    case 'strategic':
      return strategicPatchOf(random, kind);
    case 'json':
      return jsonPatchOf(random, live);
    default:
      return merged(random, kind);
  }
}

function onStatus(random: Random, kind: Kind, live: JsonObject, type: Step['type']): JsonValue {
  const status = statusOf(random, kind);
  const head = { apiVersion: live.apiVersion ?? '', kind };
  if (type === 'apply') return { ...head, metadata: { name: nameOf(live) }, status };
  if (type === 'update') return { ...live, status };
  if (type === 'json') return [{ op: 'add', path: '/status', value: status }];
  return { status };
}

/** As `kubectl replace` does: the object as it stood, with another content, now and then without or with odd managedFields. */
function updated(random: Random, kind: Kind, live: JsonObject): JsonObject {
  const body = bodyOf(random, kind);
  const metadata = { ...object(live.metadata), ...object(body.metadata) };
  const changed = random.isTrue(0.15) ? live : { ...live, ...body };
  if (random.isTrue(0.8)) return { ...changed, metadata };
  const { managedFields: _, ...bare } = metadata;
  const odd: JsonObject = random.oneOf([
    bare,
    { ...bare, managedFields: [] },
    { ...bare, managedFields: [{}] },
    {
      ...bare,
      managedFields: [{ manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }],
    },
  ]);
  return { ...changed, metadata: odd };
}

function merged(random: Random, kind: Kind): JsonObject {
  if (random.isTrue(0.08)) return { metadata: { managedFields: random.oneOf([[{}], [], null]) } };
  const { apiVersion: _, kind: __, ...body } = configOf(random, kind);
  const { name: ___, ...metadata } = object(body.metadata);
  return nulled(random, { ...body, metadata }, isDeployment(kind) ? 1 : 3);
}

/** Some members of some depth become null, which removes them. */
function nulled(random: Random, value: JsonObject, depth: number): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    if (depth < 3 && random.isTrue(0.15) && !['spec', 'metadata', 'selector', 'template'].includes(key))
      result[key] = null;
    else result[key] = isObject && depth > 0 ? nulled(random, object(inner), depth - 1) : inner;
  }
  return result;
}

function jsonPatchOf(random: Random, live: JsonObject): JsonValue {
  const operations: JsonObject[] = [
    { op: 'add', path: '/metadata/labels', value: { l: random.oneOf(['1', '2']), m: 'x' } },
    { op: 'add', path: '/metadata/annotations', value: { n: random.oneOf(['1', '2']) } },
    { op: 'replace', path: '/metadata/labels/l', value: '3' },
    { op: 'remove', path: '/metadata/labels/l' },
    { op: 'test', path: '/metadata/labels/l', value: '1' },
    { op: 'copy', from: '/metadata/name', path: '/metadata/labels/copied' },
    { op: 'move', from: '/metadata/labels/l', path: '/metadata/labels/moved' },
    { op: 'test', path: '/kind', value: live.kind ?? '' },
  ];
  for (const path of listsIn(live)) {
    operations.push({ op: 'remove', path: `${path}/0` }, { op: 'remove', path: `${path}/-1` });
    operations.push({ op: 'copy', from: `${path}/0`, path: `${path}/-` }, { op: 'remove', path });
  }
  return random.some(operations, 3);
}

function nameOf(live: JsonObject): JsonValue {
  return object(live.metadata).name ?? '';
}

function object(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
