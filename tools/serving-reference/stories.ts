/** The stories that are told. Images whose name holds `broken` end as soon as they start; all others are ready at once. */
import {
  configurations,
  coreServices,
  podAutoscalers,
  revisions,
  routes,
  services,
} from '../../controllers/serving/kinds.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { aConfiguration, aRoute, aService, aTemplate } from './objects.ts';
import type { Deed, Story } from './story.ts';

const cart = { resource: services, name: 'cart' } as const;
const MIN_SCALE = 'autoscaling.knative.dev/min-scale';
const VISIBILITY = 'networking.knative.dev/visibility';

function changed(spec: JsonObject): Deed {
  return { patch: cart, body: { spec } };
}

function annotated(name: string, annotations: JsonObject): Deed {
  return { patch: { resource: revisions, name }, body: { metadata: { annotations } } };
}

const v2 = changed({ template: aTemplate({ image: 'dev.local/shop/cart:2' }) });

export const STORIES: readonly Story[] = [
  {
    name: 'create',
    title: 'a Service with labels and annotations, of its own and in its template',
    steps: [
      {
        what: 'it is created',
        does: [
          {
            create: aService('cart', {
              labels: { team: 'shop' },
              annotations: { 'example.com/owner': 'jane', 'serving.knative.dev/rollout-duration': '0s' },
              template: aTemplate({
                labels: { tier: 'front' },
                annotations: { [MIN_SCALE]: '2', 'example.com/note': 'first' },
                spec: { containerConcurrency: 10, timeoutSeconds: 60 },
              }),
            }),
          },
        ],
      },
    ],
  },
  {
    name: 'update',
    title: 'a new template, and changes that make no Revision',
    steps: [
      { what: 'it is created', does: [{ create: aService('cart') }] },
      { what: 'another image', does: [v2] },
      { what: 'a label of the Service', does: [{ patch: cart, body: { metadata: { labels: { team: 'shop' } } } }] },
      {
        what: 'an annotation of the Service',
        does: [{ patch: cart, body: { metadata: { annotations: { 'example.com/owner': 'jane' } } } }],
      },
      {
        what: 'an annotation of the template',
        does: [changed({ template: { metadata: { annotations: { [MIN_SCALE]: '3' } } } })],
      },
    ],
  },
  {
    name: 'named-revision',
    title: 'Revisions that their author names, and names that are taken',
    steps: [
      {
        what: 'it is created with a name',
        does: [{ create: aService('cart', { template: aTemplate({ name: 'cart-one' }) }) }],
      },
      {
        what: 'another name and image',
        does: [changed({ template: aTemplate({ name: 'cart-two', image: 'dev.local/shop/cart:2' }) })],
      },
      {
        what: 'the first name with a third image',
        does: [changed({ template: aTemplate({ name: 'cart-one', image: 'dev.local/shop/cart:3' }) })],
      },
      {
        what: 'the second name again, as it was',
        does: [changed({ template: aTemplate({ name: 'cart-two', image: 'dev.local/shop/cart:2' }) })],
      },
      { what: 'the first name as it was', does: [changed({ template: aTemplate({ name: 'cart-one' }) })] },
    ],
  },
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
    name: 'failing-revision',
    title: 'a Revision that fails, before one was ready and after',
    steps: [
      {
        what: 'it fails',
        does: [{ create: aService('cart', { template: aTemplate({ image: 'dev.local/broken:1' }) }) }],
      },
      { what: 'it is mended', does: [changed({ template: aTemplate({ image: 'dev.local/shop/cart:2' }) })] },
      { what: 'it fails again', does: [changed({ template: aTemplate({ image: 'dev.local/broken:3' }) })] },
      { what: 'it is mended again', does: [changed({ template: aTemplate({ image: 'dev.local/shop/cart:4' }) })] },
    ],
  },
  {
    name: 'deleted-revision',
    title: 'Revisions that somebody deletes',
    steps: [
      { what: 'it is created', does: [{ create: aService('cart') }] },
      { what: 'another image', does: [v2] },
      { what: 'the old one is deleted', does: [{ delete: { resource: revisions, name: 'cart-00001' } }] },
      { what: 'the latest one is deleted', does: [{ delete: { resource: revisions, name: 'cart-00002' } }] },
    ],
  },
  {
    name: 'deleted-children',
    title: 'children that somebody changes or deletes',
    steps: [
      { what: 'it is created', does: [{ create: aService('cart') }] },
      {
        what: "the Configuration's labels and the Route's traffic are changed",
        does: [
          {
            patch: { resource: configurations, name: 'cart' },
            body: { metadata: { labels: { by: 'hand' }, annotations: { by: 'hand' } } },
          },
          {
            patch: { resource: routes, name: 'cart' },
            body: { spec: { traffic: [{ revisionName: 'cart-00001', percent: 100, latestRevision: false }] } },
          },
        ],
      },
      { what: 'the Route is deleted', does: [{ delete: { resource: routes, name: 'cart' } }] },
      { what: 'the PodAutoscaler is deleted', does: [{ delete: { resource: podAutoscalers, name: 'cart-00001' } }] },
      { what: 'the placeholder is deleted', does: [{ delete: { resource: coreServices, name: 'cart' } }] },
      { what: 'the Service is deleted', does: [{ delete: cart }] },
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
    name: 'scale-annotations',
    title: 'autoscaling annotations that change on a Revision and on its PodAutoscaler',
    steps: [
      {
        what: 'it is created',
        does: [{ create: aService('cart', { template: aTemplate({ annotations: { [MIN_SCALE]: '1' } }) }) }],
      },
      { what: 'min-scale on the Revision', does: [annotated('cart-00001', { [MIN_SCALE]: '3' })] },
      {
        what: 'max-scale on the Revision',
        does: [annotated('cart-00001', { 'autoscaling.knative.dev/max-scale': '9' })],
      },
      {
        what: 'both are taken away',
        does: [annotated('cart-00001', { [MIN_SCALE]: null, 'autoscaling.knative.dev/max-scale': null })],
      },
      {
        what: 'annotations on the PodAutoscaler itself',
        does: [
          {
            patch: { resource: podAutoscalers, name: 'cart-00001' },
            body: { metadata: { annotations: { [MIN_SCALE]: '5', 'example.com/note': 'mine' } } },
          },
        ],
      },
      {
        what: 'annotations that PodAutoscalers do not get',
        does: [annotated('cart-00001', { 'serving.knative.dev/no-gc': 'true', 'example.com/note': 'yours' })],
      },
    ],
  },
  {
    name: 'initial-scale',
    title: 'a Revision that starts with several instances',
    steps: [
      {
        what: 'it is created',
        does: [
          {
            create: aService('cart', {
              template: aTemplate({
                annotations: { 'autoscaling.knative.dev/initial-scale': '3', 'autoscaling.knative.dev/metric': 'rps' },
              }),
            }),
          },
        ],
      },
    ],
  },
  {
    name: 'containers',
    title: 'several containers, of which one speaks h2c',
    steps: [
      {
        what: 'it is created',
        does: [
          {
            create: aService('cart', {
              template: {
                spec: {
                  serviceAccountName: 'shop',
                  containers: [
                    { image: 'dev.local/shop/cart:1', ports: [{ name: 'h2c', containerPort: 8080 }] },
                    { image: 'dev.local/shop/proxy:1' },
                  ],
                },
              },
            }),
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
    name: 'standalone',
    title: 'a Configuration and Routes without a Service',
    steps: [
      { what: 'the Route is first', does: [{ create: aRoute('shop', [{ configurationName: 'cart', percent: 100 }]) }] },
      { what: 'the Configuration follows', does: [{ create: aConfiguration('cart') }] },
      {
        what: 'a second Route',
        does: [{ create: aRoute('store', [{ revisionName: 'cart-00001', percent: 100, tag: 'fixed' }]) }],
      },
      { what: 'the first Route is deleted', does: [{ delete: { resource: routes, name: 'shop' } }] },
      { what: 'the second Route is deleted', does: [{ delete: { resource: routes, name: 'store' } }] },
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
  {
    name: 'taken-names',
    title: 'names that somebody else has already',
    steps: [
      {
        what: 'a Configuration stands there',
        does: [{ create: aConfiguration('cart') }, { create: aService('cart') }],
      },
      {
        what: 'a Route stands there',
        does: [{ create: aRoute('till', [{ configurationName: 'cart', percent: 100 }]) }, { create: aService('till') }],
      },
      {
        what: "a Service of Kubernetes' own stands there",
        does: [
          {
            create: {
              apiVersion: 'v1',
              kind: 'Service',
              metadata: { name: 'desk', labels: { 'serving.knative.dev/route': 'nobody' } },
              spec: { ports: [{ port: 80 }] },
            },
          },
          { create: aService('desk') },
        ],
      },
      { what: 'it goes', does: [{ delete: { resource: coreServices, name: 'desk' } }] },
    ],
  },
];
