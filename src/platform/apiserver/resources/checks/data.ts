/** Secrets and ConfigMaps: k8s.io/kubernetes pkg/apis/core/validation. */
import { equals, isObject, type JsonObject, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { jsonFault } from '../../status/jsonFault.ts';
import type { Problems } from '../problems.ts';
import { immutable } from './common.ts';
import { configKeyErrors } from './formats.ts';

const LARGEST = 1_048_576;
const FROZEN = 'field is immutable when `immutable` is set';
/** What a Secret of a type must have. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};
const JSON_TYPES = ['kubernetes.io/dockercfg', 'kubernetes.io/dockerconfigjson'];
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

/** What may not change is told first. */
export function checkConfigMap(configMap: JsonObject, problems: Problems, old?: JsonObject): void {
  if (old !== undefined) checkFrozen(configMap, old, ['data', 'binaryData'], problems);
  const data = objectAt(configMap, 'data') ?? {};
  const binary = objectAt(configMap, 'binaryData') ?? {};
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    problems.invalidBy(`data[${key}]`, key, configKeyErrors(key));
    if (Object.hasOwn(binary, key)) problems.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData');
    size += typeof value === 'string' ? Buffer.byteLength(value) : 0;
  }
  for (const [key, value] of Object.entries(binary)) {
    problems.invalidBy(`binaryData[${key}]`, key, configKeyErrors(key));
    size += decodedSize(value);
  }
  if (size > LARGEST) problems.tooLong('', LARGEST);
}

/** What may not change is told first. */
export function checkSecret(secret: JsonObject, problems: Problems, old?: JsonObject): void {
  if (old !== undefined) checkSecretUpdate(secret, old, problems);
  const data = objectAt(secret, 'data') ?? {};
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    problems.invalidBy(`data[${key}]`, key, configKeyErrors(key));
    size += decodedSize(value);
  }
  if (size > LARGEST) problems.tooLong('data', LARGEST);

  const type = stringAt(secret, 'type') ?? '';
  for (const key of NEEDS[type] ?? []) {
    const isThere = Object.hasOwn(data, key) && (type !== 'kubernetes.io/ssh-auth' || data[key] !== '');
    const fault = isThere && JSON_TYPES.includes(type) ? objectFault(data[key]) : undefined;
    if (!isThere) problems.required(`data[${key}]`);
    else if (fault !== undefined) problems.invalid(`data[${key}]`, '<secret contents redacted>', fault);
  }
  if (type === 'kubernetes.io/basic-auth' && !Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password')) {
    problems.required('data[username]');
    problems.required('data[password]');
  }
  if (type === 'kubernetes.io/service-account-token' && !stringAt(secret, 'metadata', 'annotations', ACCOUNT_NAME)) {
    problems.required(`metadata.annotations[${ACCOUNT_NAME}]`);
  }
}

function checkSecretUpdate(secret: JsonObject, old: JsonObject, problems: Problems): void {
  immutable(problems, 'type', secret.type, old.type);
  checkFrozen(secret, old, ['data'], problems);
}

function checkFrozen(next: JsonObject, old: JsonObject, fields: readonly string[], problems: Problems): void {
  if (old.immutable !== true) return;
  if (next.immutable !== true) problems.forbidden('immutable', FROZEN);
  for (const field of fields) {
    if (!equals(next[field], old[field])) problems.forbidden(field, FROZEN);
  }
}

function decodedSize(value: unknown): number {
  return typeof value === 'string' ? Buffer.byteLength(value, 'base64') : 0;
}

/** Why Go cannot read it as an object; null is an empty one. */
function objectFault(base64: unknown): string | undefined {
  const text = Buffer.from(String(base64), 'base64').toString();
  const fault = jsonFault(text);
  if (fault !== undefined) return fault;

  const value: unknown = JSON.parse(text);
  if (isObject(value) || value === null) return undefined;
  const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
}
