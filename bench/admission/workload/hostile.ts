/** Requests that nobody in his right mind sends. What comes out depends on the random numbers alone. */
import type { JsonValue } from '../../../src/kubernetes/json.ts';
import type { Request } from '../load/connection.ts';
import { below, oneOf, type Random } from '../load/random.ts';
import { reviewOf } from './reviews.ts';
import { authored, breachOf, defaultedByKnative, stored } from './services.ts';

const PATHS = [
  '/validate/prod',
  '/mutate/prod',
  '/validate/dev',
  '/mutate/staging',
  '/validate-namespace',
  '/validate/__proto__',
  '/mutate/constructor',
  '/validate/%ff',
  '/validate/..%2f..%2fetc',
  '/mutate/nowhere',
  '/validate',
] as const;

/** Keys that lead somewhere in JavaScript, in JSON pointers or in Kubernetes. */
const KEYS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then', 'toJSON', '', '/', '~'],
  ...['kind', 'apiVersion', 'metadata', 'name', 'namespace', 'labels', 'annotations', 'spec', 'template', 'containers'],
  ...['image', 'resources', 'limits', 'cpu', 'env', 'ports', 'traffic', 'request', 'object', 'oldObject', 'userInfo'],
  ...['ownerReferences', 'weir.dev/defaults', 'autoscaling.knative.dev/max-scale', 'items', '0', '-1'],
] as const;

const LEAVES: readonly JsonValue[] = [
  ...[null, true, false, 0, -1, 1e308, -1e-320, 2 ** 53, '', ' ', 'x', '\u0000', '\ud800', '\u202e', '$&', '%s%n'],
  ...['../..', '1e999', '0x10', '9'.repeat(400), '100m', '-2Gi', 'NaN', '\n'.repeat(50), '{{.}}', '$$'],
];

const LARGEST = 2_000_000;
const DEEPEST = 20_000;

type Make = (random: Random) => Buffer;

/** The large ones are rare, or nothing else would be measured. */
const KINDS: readonly (readonly [weight: number, make: Make])[] = [
  [100, randomBytes],
  [150, cutOrFlipped],
  [150, (random) => text(anything(random, 5))],
  [200, (random) => text(aroundAnything(random))],
  [300, (random) => text(withWrongParts(random))],
  [80, brokenEnvelope],
  [20, deep],
  [3, huge],
  [1, tooLarge],
];
const WEIGHTS = KINDS.reduce((sum, [weight]) => sum + weight, 0);

export function hostileRequest(random: Random): Request {
  let place = random() * WEIGHTS;
  for (const [weight, make] of KINDS) {
    place -= weight;
    if (place < 0) return { path: oneOf(random, PATHS), body: make(random) };
  }
  return { path: '/', body: Buffer.alloc(0) };
}

function text(value: JsonValue): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function randomBytes(random: Random): Buffer {
  const bytes = Buffer.alloc(below(random, 2000));
  for (let index = 0; index < bytes.length; index++) bytes[index] = below(random, 256);
  return bytes;
}

/** A sound review of a Service that exists, as text may be: with a byte that is another one, or with its end cut off. */
function cutOrFlipped(random: Random): Buffer {
  const bytes = text(soundReview(random));
  if (random() < 0.5) return bytes.subarray(0, below(random, bytes.length));
  bytes[below(random, bytes.length)] = below(random, 256);
  return bytes;
}

function soundReview(random: Random): JsonValue {
  const index = below(random, 1000);
  const oldObject = stored(defaultedByKnative(authored(index, 1)), 1);
  return reviewOf(index, { operation: 'UPDATE', object: authored(index, 2, breachOf(index)), oldObject });
}

function anything(random: Random, depth: number): JsonValue {
  const choice = random();
  if (depth === 0 || choice < 0.4) return oneOf(random, LEAVES);
  const size = below(random, 5);
  if (choice < 0.6) return Array.from({ length: size }, () => anything(random, depth - 1));
  const members = Array.from({ length: size }, () => [oneOf(random, KEYS), anything(random, depth - 1)] as const);
  return ownMembers(members);
}

/** Object.fromEntries makes `__proto__` a key as any other, and JSON.stringify writes it. */
function ownMembers(members: readonly (readonly [string, JsonValue])[]): JsonValue {
  return Object.fromEntries(members);
}

function aroundAnything(random: Random): JsonValue {
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: 'u-1',
      operation: oneOf(random, ['CREATE', 'UPDATE', 'DELETE']),
      object: anything(random, 5),
      oldObject: anything(random, 5),
      userInfo: anything(random, 2),
      namespace: anything(random, 1),
      dryRun: anything(random, 1),
    },
  };
}

/** A sound review in which up to three parts, anywhere, are something else. */
function withWrongParts(random: Random): JsonValue {
  let review = soundReview(random);
  for (let left = 1 + below(random, 3); left > 0; left--) review = withOneWrong(review, random);
  return review;
}

function withOneWrong(value: JsonValue, random: Random): JsonValue {
  if (typeof value !== 'object' || value === null || random() < 0.1) return anything(random, 3);
  if (Array.isArray(value)) {
    const copy = [...value];
    const at = below(random, copy.length);
    if (copy.length > 0) copy[at] = withOneWrong(copy[at] ?? null, random);
    return copy;
  }
  const members = Object.entries(value).map(([key, member]) => [key, member ?? null] as const);
  const at = below(random, members.length);
  const chosen = members[at];
  if (chosen === undefined) return anything(random, 3);
  members[at] = random() < 0.15 ? [oneOf(random, KEYS), chosen[1]] : [chosen[0], withOneWrong(chosen[1], random)];
  return ownMembers(members);
}

function brokenEnvelope(random: Random): Buffer {
  const request = { uid: 'u-1', operation: 'CREATE', object: authored(1, 1) };
  return text(
    oneOf<JsonValue>(random, [
      { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1beta1', request },
      { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' },
      {
        kind: 'AdmissionReview',
        apiVersion: 'admission.k8s.io/v1',
        request: { ...request, uid: oneOf(random, LEAVES) },
      },
      { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: { ...request, operation: 'CONNECT' } },
      { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request: [request] },
      { kind: 'ConversionReview', apiVersion: 'apiextensions.k8s.io/v1', request },
      authored(1, 1),
      [],
    ]),
  );
}

/** So deep that whoever walks it by recursion without a bound has no stack left. */
function deep(random: Random): Buffer {
  const levels = 1 + below(random, DEEPEST);
  const nested =
    random() < 0.5 ? `${'['.repeat(levels)}${']'.repeat(levels)}` : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  return random() < 0.3 ? Buffer.from(nested) : around(nested);
}

function huge(random: Random): Buffer {
  const size = below(random, LARGEST);
  const service = JSON.stringify(authored(1, 1));
  return oneOf<() => Buffer>(random, [
    () => around(service.replace('"80"', JSON.stringify('8'.repeat(size)))),
    () => around(service.replace('registry.example.com/', 'a/'.repeat(size / 2))),
    () => around(service.replace('"containers":[', `"containers":[${'{"image":"a"},'.repeat(size / 100)}`)),
    () => around(service.replace('"env":[', `"env":[${'{"name":"A"},'.repeat(size / 40)}`)),
    () => text({ [`${'k'.repeat(size)}`]: 1 }),
  ])();
}

/** More than the 3 MiB that a review may have. */
function tooLarge(): Buffer {
  return Buffer.alloc(3_200_000, ' ');
}

function around(object: string): Buffer {
  const review = JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: { uid: 'u-1', operation: 'UPDATE', namespace: 'shop', object: 1, oldObject: 2 },
  });
  return Buffer.from(
    review.replace('"object":1', () => `"object":${object}`).replace('"oldObject":2', '"oldObject":{}'),
  );
}
