/** Whole objects inside of an object (k8s.io/apiextensions-apiserver pkg/apiserver/schema/objectmeta/validation.go). */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { invalidValue, requiredValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { childPath, indexPath, keyPath } from '../paths.ts';
import type { Schema } from '../schema.ts';

const KIND = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

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
  else if (!KIND.test(kind.toLowerCase()) || kind.length > 63) causes.push(invalidValue(kindPath, kind, KIND_DEMAND));
  if (metadata !== undefined && !isObject(metadata)) {
    causes.push(invalidValue(childPath(path, 'metadata'), metadata, 'must be an object'));
  }
  return causes;
}

const KIND_DEMAND =
  "may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
