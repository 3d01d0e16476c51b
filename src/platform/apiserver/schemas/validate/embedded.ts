/** Whole objects inside of an object (k8s.io/apiextensions-apiserver pkg/apiserver/schema/objectmeta/validation.go). */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { dns1035LabelErrors } from '../../../../kubernetes/names.ts';
import { invalidValue, requiredValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { childPath, indexPath, keyPath } from '../paths.ts';
import type { Schema } from '../schema.ts';

export function embeddedCauses(value: JsonValue, schema: Schema, path: string): Cause[] {
  const causes: Cause[] = [];
  if (isArray(value)) {
    const { items } = schema;
    if (items === undefined) return causes;
    for (const [index, item] of value.entries()) causes.push(...embeddedCauses(item, items, indexPath(path, index)));
    return causes;
  }
  if (!isObject(value)) return causes;
  if (schema['x-kubernetes-embedded-resource'] === true) causes.push(...typeCauses(value, path));
  const { properties = {}, additionalProperties } = schema;
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property !== undefined) causes.push(...embeddedCauses(member, property, childPath(path, key)));
    else if (typeof additionalProperties === 'object') {
      causes.push(...embeddedCauses(member, additionalProperties, keyPath(path, key)));
    }
  }
  return causes;
}

function typeCauses({ apiVersion, kind, metadata }: JsonObject, path: string): Cause[] {
  const causes: Cause[] = [];
  const [versionPath, kindPath] = [childPath(path, 'apiVersion'), childPath(path, 'kind')];
  if (apiVersion === undefined) causes.push(requiredValue(versionPath));
  else if (typeof apiVersion !== 'string') causes.push(invalidValue(versionPath, apiVersion, 'must be a string'));
  else if (apiVersion === '') causes.push(invalidValue(versionPath, apiVersion, 'must not be empty'));
  else if (apiVersion.split('/').length > 2) {
    causes.push(invalidValue(versionPath, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  }
  if (kind === undefined) causes.push(requiredValue(kindPath));
  else if (typeof kind !== 'string') causes.push(invalidValue(kindPath, kind, 'must be a string'));
  else if (kind === '') causes.push(invalidValue(kindPath, kind, 'must not be empty'));
  else {
    const wrong = dns1035LabelErrors(kind.toLowerCase()).join(',');
    const detail = `may have mixed case, but should otherwise match: ${wrong}`;
    if (wrong !== '') causes.push(invalidValue(kindPath, kind, detail));
  }
  if (metadata !== undefined && !isObject(metadata)) {
    causes.push(invalidValue(childPath(path, 'metadata'), metadata, 'must be an object'));
  }
  return causes;
}
