/** What Knative Serving's webhook takes and refuses, as somebody writes it into a namespace of no environment. */
import type { JsonObject } from '../../../../../src/kubernetes/json.ts';

export interface Case {
  readonly name: string;
  /** Created first; the answer counts where nothing is changed. */
  readonly object: JsonObject;
  /** A merge patch of what was created. */
  readonly change?: JsonObject;
  /** A part of Knative's sentence; undefined where it is let through. */
  readonly refusal?: string;
  /** Why the sentences differ. Where they are equal, the suite fails. */
  readonly differs?: string;
  /** Why it is let through here: stands in docs/platform.md, too. Where it is refused, the suite fails. */
  readonly letThrough?: string;
}

const GROUP = 'serving.knative.dev';
const image = 'dev.local/shop/cart:1';
const container = { image };

interface Parts {
  readonly metadata?: JsonObject;
  readonly template?: JsonObject;
  readonly spec?: JsonObject;
}

/** Knative looks for no digest of an image of dev.local. */
function aService({ metadata = {}, template = {}, spec = {} }: Parts = {}): JsonObject {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'Service',
    metadata: { name: 'cart', ...metadata },
    spec: { template: { spec: { containers: [container] }, ...template }, ...spec },
  };
}

function ofTraffic(...traffic: JsonObject[]): JsonObject {
  return aService({ spec: { traffic } });
}

function annotated(annotations: Readonly<Record<string, string>>): JsonObject {
  const keyed = Object.entries(annotations).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]);
  return aService({ template: { metadata: { annotations: Object.fromEntries(keyed) } } });
}

function ofPod(podSpec: JsonObject): JsonObject {
  return aService({ template: { spec: { containers: [container], ...podSpec } } });
}

function ofContainer(fields: JsonObject): JsonObject {
  return ofPod({ containers: [{ ...container, ...fields }] });
}

function another(kind: string, spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  const version = kind === 'DomainMapping' ? 'v1beta1' : 'v1';
  return { apiVersion: `${GROUP}/${version}`, kind, metadata: { name: 'cart', ...metadata }, spec };
}

const named = (name: string) => ({ template: { metadata: { name }, spec: { containers: [container] } } });
const blue = { revisionName: 'cart-blue', percent: 100 };

const traffic: Case[] = [
  { name: 'blue and green', object: aService({ spec: { ...named('cart-blue'), traffic: [blue] } }) },
  {
    name: 'a switch with a tag',
    object: aService({ spec: { ...named('cart-blue'), traffic: [blue] } }),
    change: {
      spec: { ...named('cart-green'), traffic: [blue, { revisionName: 'cart-green', percent: 0, tag: 'green' }] },
    },
  },
  {
    name: 'a switch back, under the same name',
    object: aService({ spec: { ...named('cart-blue'), traffic: [blue] } }),
    change: {
      spec: {
        traffic: [
          { ...blue, percent: 90 },
          { revisionName: 'cart-green', percent: 10 },
        ],
      },
    },
  },
  { name: 'no traffic at all', object: ofTraffic() },
  {
    name: 'percents below 100',
    object: ofTraffic({ revisionName: 'cart-blue', percent: 80 }, { latestRevision: true, percent: 10 }),
    refusal: 'Traffic targets sum to 90, want 100',
  },
  {
    name: 'percents above 100',
    object: ofTraffic({ revisionName: 'cart-blue', percent: 80 }, { latestRevision: true, percent: 30 }),
    refusal: 'Traffic targets sum to 110, want 100',
  },
  {
    name: 'a percent above 100',
    object: ofTraffic({ latestRevision: true, percent: 101 }),
    refusal: 'expected 0 <= 101 <= 100: spec.traffic[0].percent',
  },
  {
    name: 'latestRevision with a name',
    object: ofTraffic({ revisionName: 'cart-blue', latestRevision: true, percent: 100 }),
    refusal: 'may not set revisionName',
  },
  {
    name: 'neither the latest nor a name',
    object: ofTraffic({ latestRevision: false, percent: 100 }),
    refusal: 'may not set revisionName',
  },
  {
    name: 'a tag twice',
    object: ofTraffic({ ...blue, tag: 'live' }, { revisionName: 'cart-green', percent: 0, tag: 'live' }),
    refusal: 'Multiple definitions for',
    differs: 'names the place of the second one alone',
  },
  {
    name: 'a tag that is no name',
    object: ofTraffic({ ...blue, tag: 'Live' }),
    refusal: 'invalid value: not a DNS 1035 label',
    differs: 'names the field of the target',
  },
  {
    name: 'a URL in a target',
    object: ofTraffic({ ...blue, url: 'http://cart.example.com' }),
    refusal: 'must not set the field(s): spec.traffic[0].url',
  },
  {
    name: 'a switch that does not add up',
    object: aService({ spec: { ...named('cart-blue'), traffic: [blue] } }),
    change: { spec: { ...named('cart-green'), traffic: [blue, { revisionName: 'cart-green', percent: 10 }] } },
    refusal: 'Traffic targets sum to 110, want 100',
  },
];

const scaling: Case[] = [
  { name: 'bounds', object: annotated({ 'min-scale': '1', 'max-scale': '3' }) },
  { name: 'a negative bound', object: annotated({ 'min-scale': '-1' }), refusal: 'expected 0 <= -1 <= 2147483647' },
  {
    name: 'bounds the wrong way around',
    object: annotated({ 'min-scale': '5', 'max-scale': '2' }),
    refusal: 'max-scale=2 is less than min-scale=5',
    differs: 'names one of both places',
  },
  { name: 'a bound in words', object: annotated({ 'max-scale': 'many' }), refusal: 'invalid value: many' },
  {
    name: 'an annotation at the wrong place',
    object: aService({ metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '1' } } }),
    refusal: 'autoscaling annotations must be put under "spec.template.metadata.annotations"',
    differs: 'names the annotation',
  },
  { name: 'a window that is too short', object: annotated({ window: '1s' }), refusal: 'expected 6s <= 1s <= 1h0m0s' },
  { name: 'a metric of nobody', object: annotated({ metric: 'cpu' }), refusal: 'invalid value: cpu' },
  { name: 'both spellings', object: annotated({ 'min-scale': '1', minScale: '2' }) },
  { name: 'a bad concurrency', object: ofPod({ containerConcurrency: -1 }), refusal: 'expected 0 <= -1 <= 1000' },
];

const names: Case[] = [
  { name: 'a name of a Revision', object: aService({ spec: named('cart-v1') }) },
  {
    name: "a Revision's name without the Service's in front",
    object: aService({ spec: named('v1') }),
    refusal: 'must have prefix',
  },
  {
    name: 'a name that is no DNS label',
    object: aService({ metadata: { name: 'cart.v1' } }),
    refusal: 'not a DNS 1035 label',
  },
  {
    name: 'a label of a Service with a named Revision',
    object: aService({ spec: named('cart-v1') }),
    change: { metadata: { labels: { team: 'shop' } } },
  },
  {
    name: 'the same template again, without what was filled in',
    object: aService({ spec: named('cart-v1') }),
    change: { spec: named('cart-v1') },
    refusal: 'Saw the following changes without a name change',
    letThrough: 'nothing was filled in here',
  },
  {
    name: 'another template under the same name',
    object: aService({ spec: named('cart-v1') }),
    change: { spec: { template: { spec: { containers: [{ image: 'dev.local/shop/cart:2' }] } } } },
    refusal: 'Saw the following changes without a name change',
    differs: 'the diff is of places, and not that of Go',
  },
  {
    name: 'a label of a Service that does not own it',
    object: another('Configuration', named('cart-v1'), { labels: { 'serving.knative.dev/service': 'shop' } }),
    refusal: 'missing field(s)',
  },
  {
    name: 'a rollout duration that is none',
    object: aService({ metadata: { annotations: { 'serving.knative.dev/rollout-duration': 'long' } } }),
    refusal: 'invalid value: long',
  },
  {
    name: 'an author that changes',
    object: aService(),
    change: { metadata: { annotations: { 'serving.knative.dev/creator': 'mallory' } } },
    refusal: 'annotation value is immutable: metadata.annotations.serving.knative.dev/creator',
  },
];

const pods: Case[] = [
  { name: 'a probe', object: ofContainer({ readinessProbe: { httpGet: { path: '/ready' } } }) },
  { name: 'no container', object: ofPod({ containers: [] }), refusal: 'missing field(s)' },
  { name: 'no image', object: ofPod({ containers: [{ name: 'cart' }] }), refusal: 'missing field(s)' },
  {
    name: 'an image that is none',
    object: ofContainer({ image: 'Cart:' }),
    refusal: 'Failed to parse image reference',
  },
  {
    name: 'two ports',
    object: ofContainer({ ports: [{ containerPort: 8080 }, { containerPort: 9090 }] }),
    refusal: 'more than one container port is set',
    differs: 'names the second port',
  },
  {
    name: 'a reserved variable',
    object: ofContainer({ env: [{ name: 'PORT', value: '80' }] }),
    refusal: '"PORT" is a reserved environment variable',
  },
  { name: 'a long timeout', object: ofPod({ timeoutSeconds: 1200 }), refusal: 'expected 0 <= 1200 <= 600' },
  { name: 'the host network', object: ofPod({ hostNetwork: true }), refusal: 'must not set the field(s)' },
  { name: 'an affinity', object: ofPod({ affinity: {} }), refusal: 'must not set the field(s)' },
  {
    name: 'a volume that nobody mounts',
    object: ofPod({ volumes: [{ name: 'data', hostPath: { path: '/data' } }] }),
    refusal: 'hostPath',
    differs: 'names the volume',
  },
  {
    name: 'a mount of no volume',
    object: ofContainer({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
    refusal: 'volume',
  },
  {
    name: 'several mistakes',
    object: aService({
      metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '1' } },
      template: { spec: { containers: [container], timeoutSeconds: 1200 } },
      spec: { traffic: [{ latestRevision: true, percent: 90 }] },
    }),
    refusal: 'expected 0 <= 1200 <= 600',
    differs: 'names the annotation',
  },
];

/** Of a group that nobody serves, so that it is never found missing. */
const ofConfiguration = {
  labels: { 'serving.knative.dev/configuration': 'cart' },
  ownerReferences: [{ apiVersion: 'serving.example.com/v1', kind: 'Configuration', name: 'cart', uid: 'cart' }],
};

const others: Case[] = [
  { name: 'a Configuration', object: another('Configuration', named('cart-v1')) },
  { name: 'a Revision', object: another('Revision', { containers: [container] }) },
  {
    name: 'a min-scale of a Revision',
    object: another('Revision', { containers: [container] }),
    change: { metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '2' } } },
  },
  {
    name: "a Revision's spec that changes",
    object: another('Revision', { containers: [container] }),
    change: { spec: { containers: [{ image: 'dev.local/shop/cart:2' }] } },
    refusal: 'Immutable fields changed (-old +new)',
    differs: 'the diff is of places, and not that of Go',
  },
  {
    name: "a Revision's bad annotation",
    object: another('Revision', { containers: [container] }),
    change: { metadata: { annotations: { 'autoscaling.knative.dev/min-scale': 'few' } } },
    refusal: 'invalid value: few',
  },
  {
    name: "the garbage collector's patch of a Revision that is orphaned",
    object: another('Revision', { containers: [container] }, ofConfiguration),
    change: { metadata: { ownerReferences: null } },
    refusal: 'missing field(s): metadata.labels.serving.knative.dev/configuration',
  },
  {
    name: 'the same after its label is gone',
    object: another('Revision', { containers: [container] }, ofConfiguration),
    change: { metadata: { ownerReferences: null, labels: { 'serving.knative.dev/configuration': null } } },
  },
  { name: 'a Route', object: another('Route', { traffic: [{ configurationName: 'cart', percent: 100 }] }) },
  {
    name: 'a Route that does not add up',
    object: another('Route', { traffic: [{ configurationName: 'cart', percent: 50 }] }),
    refusal: 'Traffic targets sum to 50, want 100',
  },
  {
    name: 'a Route to both',
    object: another('Route', { traffic: [{ configurationName: 'cart', revisionName: 'cart-v1', percent: 100 }] }),
    refusal: 'expected exactly one, got both',
  },
  {
    name: 'a DomainMapping',
    object: another(
      'DomainMapping',
      { ref: { apiVersion: `${GROUP}/v1`, kind: 'Service', name: 'cart' } },
      { name: 'shop.example.com' },
    ),
  },
  {
    name: 'a DomainMapping to another namespace',
    object: another(
      'DomainMapping',
      { ref: { apiVersion: `${GROUP}/v1`, kind: 'Service', name: 'cart', namespace: 'elsewhere' } },
      { name: 'shop.example.com' },
    ),
    refusal: 'parent namespace',
  },
];

export const cases: readonly Case[] = [...traffic, ...scaling, ...names, ...pods, ...others];
