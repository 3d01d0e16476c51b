/** Whatever an alternative names must be there outside of it too (k8s.io/apiextensions-apiserver pkg/apiserver/schema/complete.go). */
import { isObject, type JsonObject } from '../../../../kubernetes/json.ts';
import { requiredValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { childPath, indexPath, keyPath } from '../paths.ts';
import { alternativesOf, schemasIn } from './json.ts';

export function completenessCauses(schema: JsonObject, path: string): Cause[] {
  return alternativeCauses(schema, schema, path, path);
}

/** @param named the part of an alternative @param schema what it is about @param from where the alternative stands */
function alternativeCauses(named: JsonObject, schema: JsonObject, path: string, from: string): Cause[] {
  return alternativesOf(named).flatMap(({ key, index, branch }) => {
    const below = index === undefined ? childPath(from, key) : indexPath(childPath(from, key), index);
    return partCauses(branch, schema, path, below);
  });
}

function partCauses(named: JsonObject, schema: JsonObject | undefined, path: string, from: string): Cause[] {
  if (schema === undefined) return [requiredValue(path, `because it is defined in ${from}`)];
  const causes = alternativeCauses(named, schema, path, from);
  if (isObject(named.items)) {
    const items = isObject(schema.items) ? schema.items : undefined;
    causes.push(...partCauses(named.items, items, childPath(path, 'items'), childPath(from, 'items')));
  }
  const known = new Map(schemasIn(schema.properties));
  for (const [name, property] of schemasIn(named.properties)) {
    const there = keyPath(childPath(from, 'properties'), name);
    causes.push(...partCauses(property, known.get(name), keyPath(childPath(path, 'properties'), name), there));
  }
  return causes;
}
