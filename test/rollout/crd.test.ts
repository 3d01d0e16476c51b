/** An API server takes the CustomResourceDefinition: its structure, its rules and what they may cost. */
import { describe, expect, it } from '@jest/globals';
import { isObject, objectAt, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import { structuralSchema } from '../../src/platform/apiserver/schemas/structural/structural.ts';
import { trafficRollouts } from '../../src/rollout/resource.ts';
import { objectsAt } from '../overlays/read.ts';
import { crd } from './schema.ts';

const [version = {}] = objectsAt(crd, 'spec', 'versions');
const schema = objectAt(version, 'schema', 'openAPIV3Schema') ?? {};

describe('the CustomResourceDefinition', () => {
  it('is structural, and its rules are cheap enough', () => {
    expect(structuralSchema(schema).causes).toEqual([]);
  });

  it('is served as src/rollout says', () => {
    const { group, version: name, plural, kind } = trafficRollouts;
    expect([stringAt(crd, 'spec', 'group'), version.name]).toEqual([group, name]);
    expect(objectAt(crd, 'spec', 'names')).toMatchObject({ plural, kind, listKind: `${kind}List` });
    expect(stringAt(crd, 'metadata', 'name')).toBe(`${plural}.${group}`);
  });

  it.each(objectsAt(version, 'additionalPrinterColumns').map((column) => [stringAt(column, 'jsonPath') ?? '']))(
    'has the column %s in its schema',
    (path) => {
      if (path.startsWith('.metadata')) return;
      const [, ...keys] = path.replace(/\[\?.*\]/, '.items').split('.');
      const steps = keys.flatMap((key) => (key === 'items' ? ['items'] : ['properties', key]));
      expect(isObject(valueAt(schema, ...steps))).toBe(true);
    },
  );
});
