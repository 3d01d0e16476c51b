/** Stories of where requests go. */
import { services } from '../../../src/knative/resources.ts';
import { coreServices } from '../../../src/kubernetes/client/resources.ts';
import { aConfiguration, aService, aTemplate } from '../objects.ts';
import type { Story } from '../story.ts';
import { cart, changed, VISIBILITY, v2 } from './deeds.ts';

export const TRAFFIC_STORIES: readonly Story[] = [
  {
    name: 'split',
    title: 'traffic to two Revisions, with tags',
    steps: [
      { what: 'it is created', does: [{ create: aService('cart') }] },
      {
        what: 'another image, and a fifth of the traffic for it',
        does: [
          changed({
            template: aTemplate({ image: 'dev.local/shop/cart:2' }),
            traffic: [
              { revisionName: 'cart-00001', percent: 80, tag: 'stable' },
              { latestRevision: true, percent: 20, tag: 'next' },
            ],
          }),
        ],
      },
      {
        what: 'one tag less, and one that takes no traffic',
        does: [
          changed({
            traffic: [
              { latestRevision: true, percent: 100 },
              { revisionName: 'cart-00001', percent: 0, tag: 'old' },
            ],
          }),
        ],
      },
      {
        what: 'the same Revision twice',
        does: [
          changed({
            traffic: [
              { revisionName: 'cart-00002', percent: 30 },
              { revisionName: 'cart-00002', percent: 30 },
              { latestRevision: true, percent: 40 },
            ],
          }),
        ],
      },
      { what: 'no tags at all', does: [changed({ traffic: [{ latestRevision: true, percent: 100 }] })] },
    ],
  },
  {
    name: 'rollback',
    title: 'back to the first Revision, and on again',
    steps: [
      { what: 'it is created', does: [{ create: aService('cart') }] },
      { what: 'another image', does: [v2] },
      { what: 'back', does: [changed({ traffic: [{ revisionName: 'cart-00001', percent: 100 }] })] },
      { what: 'a third image meanwhile', does: [changed({ template: aTemplate({ image: 'dev.local/shop/cart:3' }) })] },
      { what: 'on', does: [changed({ traffic: [{ latestRevision: true, percent: 100 }] })] },
    ],
  },
  {
    name: 'unknown-revision',
    title: 'traffic to a Revision that is not there',
    steps: [
      { what: 'it is created', does: [{ create: aService('cart') }] },
      {
        what: 'half of it goes nowhere',
        does: [
          changed({
            traffic: [
              { latestRevision: true, percent: 50 },
              { revisionName: 'cart-00007', percent: 50 },
            ],
          }),
        ],
      },
      {
        what: 'all of it goes somewhere again',
        does: [changed({ traffic: [{ latestRevision: true, percent: 100 }] })],
      },
    ],
  },
  {
    name: 'cluster-local',
    title: 'a Service that is reachable inside of the cluster alone, and a tag that is',
    steps: [
      { what: 'it is created so', does: [{ create: aService('cart', { labels: { [VISIBILITY]: 'cluster-local' } }) }] },
      { what: 'it is opened', does: [{ patch: cart, body: { metadata: { labels: { [VISIBILITY]: null } } } }] },
      {
        what: 'a tag',
        does: [changed({ traffic: [{ latestRevision: true, percent: 100, tag: 'inner' }] })],
      },
      {
        what: "the tag's placeholder is labelled",
        does: [
          {
            patch: { resource: coreServices, name: 'inner-cart' },
            body: { metadata: { labels: { [VISIBILITY]: 'cluster-local' } } },
          },
        ],
      },
    ],
  },
  {
    name: 'long-names',
    title: 'names that are too long for what is made of them',
    steps: [
      { what: 'it is created', does: [{ create: aService(`a-service-with-a-${'very-'.repeat(6)}long-name`) }] },
      {
        what: 'a tag that no name has room for',
        does: [
          {
            patch: { resource: services, name: `a-service-with-a-${'very-'.repeat(6)}long-name` },
            body: { spec: { traffic: [{ latestRevision: true, percent: 100, tag: 'another' }] } },
          },
        ],
      },
    ],
  },
  {
    name: 'foreign-revision',
    title: "traffic to another Service's Revision, and to one of none",
    steps: [
      {
        what: 'both are created',
        does: [{ create: aService('cart') }, { create: aService('till') }, { create: aConfiguration('lone') }],
      },
      { what: "to the other's", does: [changed({ traffic: [{ revisionName: 'till-00001', percent: 100 }] })] },
      { what: "to nobody's", does: [changed({ traffic: [{ revisionName: 'lone-00001', percent: 100 }] })] },
    ],
  },
];
