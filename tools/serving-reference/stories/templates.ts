/** Stories of what a template becomes. */
import { podAutoscalers } from '../../../src/knative/resources.ts';
import { aService, aTemplate } from '../objects.ts';
import type { Story } from '../story.ts';
import { annotated, cart, changed, MIN_SCALE, v2 } from './deeds.ts';

export const TEMPLATES_STORIES: readonly Story[] = [
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
            body: {
              metadata: { annotations: { 'autoscaling.knative.dev/max-scale': '7', 'example.com/note': 'mine' } },
            },
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
];
