/** Stories of what is made by hand, changed and deleted. */
import { configurations, podAutoscalers, revisions, routes } from '../../../src/knative/resources.ts';
import { coreServices } from '../../../src/kubernetes/client/resources.ts';
import { aConfiguration, aRoute, aService } from '../objects.ts';
import type { Story } from '../story.ts';
import { cart, v2 } from './deeds.ts';

export const CHILDREN_STORIES: readonly Story[] = [
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
              spec: { clusterIP: 'None', ports: [{ port: 80 }] },
            },
          },
          { create: aService('desk') },
        ],
      },
      { what: 'it goes', does: [{ delete: { resource: coreServices, name: 'desk' } }] },
    ],
  },
];
