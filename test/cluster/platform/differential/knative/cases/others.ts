/** Kinds beside Services. */
import { another, type Case, container, GROUP, named } from './builders.ts';

/** Of a group that nobody serves, so that it is never found missing. */
const ofConfiguration = {
  labels: { 'serving.knative.dev/configuration': 'cart' },
  ownerReferences: [{ apiVersion: 'serving.example.com/v1', kind: 'Configuration', name: 'cart', uid: 'cart' }],
};

export const others: Case[] = [
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
