/** A definition as the store has it once it is established. */
import type { JsonObject } from '../../../../src/kubernetes/json.ts';

const names = {
  categories: ['all', 'gold'],
  kind: 'Widget',
  listKind: 'WidgetList',
  plural: 'widgets',
  shortNames: ['wd'],
  singular: 'widget',
};

export const WIDGETS: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.gold.example.com' },
  spec: {
    group: 'gold.example.com',
    scope: 'Namespaced',
    names,
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
        additionalPrinterColumns: [
          { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
          { name: 'Color', type: 'string', jsonPath: '.spec.color', priority: 1, description: 'the color' },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'Since', type: 'date', jsonPath: '.spec.since' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'A widget.',
            properties: {
              spec: {
                type: 'object',
                required: ['color'],
                properties: {
                  color: { type: 'string', default: 'red' },
                  port: { 'x-kubernetes-int-or-string': true },
                  replicas: { type: 'integer' },
                },
              },
            },
          },
        },
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        deprecated: true,
        schema: { openAPIV3Schema: { type: 'object' } },
      },
    ],
  },
  status: {
    acceptedNames: names,
    conditions: [{ type: 'Established', status: 'True' }],
    storedVersions: ['v1'],
  },
};
