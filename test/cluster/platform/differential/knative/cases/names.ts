/** Names of Services and Revisions, and what may not change. */
import { another, aService, type Case, named } from './builders.ts';

export const names: Case[] = [
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
