import { expect, it } from '@jest/globals';
import { customResources } from '../../../../src/platform/apiserver/resources/custom/resources.ts';

const version = (name: string, storage: boolean, properties: object) => ({
  name,
  storage,
  served: true,
  schema: {
    openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { ...properties } } } },
  },
});

it('stores of an object what the stored version knows, as kube-apiserver reads it back', () => {
  const [first, second] = customResources({
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Gate', plural: 'gates' },
      versions: [
        version('v1beta1', true, { height: { type: 'integer' }, colour: { type: 'string', default: 'red' } }),
        version('v1', false, { height: { type: 'integer' }, width: { type: 'integer' } }),
      ],
    },
    status: {
      acceptedNames: { kind: 'Gate', plural: 'gates' },
      conditions: [{ type: 'Established', status: 'True' }],
    },
  });
  const object = { apiVersion: 'example.com/v1', kind: 'Gate', metadata: { name: 'a' }, spec: { height: 1, width: 2 } };
  expect(first?.version).toBe('v1');
  expect(first?.strategy.withDefaults(object)).toEqual(object);
  expect(first?.strategy.asStored?.(object)).toEqual({ ...object, spec: { height: 1, colour: 'red' } });
  expect(second?.version).toBe('v1beta1');
  expect(second?.strategy.asStored).toBeUndefined();
});
