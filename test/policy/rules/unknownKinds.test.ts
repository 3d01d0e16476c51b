/** Where an inventory cannot tell whether an object is there, no rule says that it is not: at the API nobody reads Secrets. */
import { describe, expect, it } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { isObject, type JsonObject } from '../../../src/kubernetes/json.ts';
import { keyOf } from '../../../src/kubernetes/kinds.ts';
import { type Inventory, inventoryOf } from '../../../src/policy/engine/inventory.ts';
import { Subject } from '../../../src/policy/engine/subject.ts';
import { rules } from '../../../src/policy/rules/index.ts';
import { aPolicy, NOW } from '../builders.ts';

function inventoryWithout(unknown: string, objects: readonly JsonObject[]): Inventory {
  return { ...inventoryOf(objects), knows: (kind) => kind.key !== unknown };
}

describe.each`
  id                              | unknown
  ${'images/pull-secret-missing'} | ${'Secret'}
  ${'eventing/subscriber'}        | ${'serving.knative.dev/Service'}
  ${'exceptions/unknown-object'}  | ${'serving.knative.dev/Configuration'}
`('$id without knowing $unknown', ({ id, unknown }: Record<string, string>) => {
  const rule = rules.find((each) => each.id === id);
  const objects: JsonObject[] = [];
  for (const document of loadAll(rule?.examples.bad ?? '')) {
    if (isObject(document) && keyOf(document) !== unknown) objects.push(document);
  }
  const found = (inventory: Inventory): number => {
    let count = 0;
    for (const object of objects) {
      if (rule?.kinds.some(({ key }) => key === keyOf(object)) !== true) continue;
      count += rule.judge(new Subject(object), { policy: aPolicy(), inventory, now: NOW }).length;
    }
    return count;
  };

  it('finds what its bad example shows where the kind is known', () => {
    expect(found(inventoryOf(objects))).toBeGreaterThan(0);
  });

  it('says nothing where it is not', () => {
    expect(found(inventoryWithout(String(unknown), objects))).toBe(0);
  });
});
