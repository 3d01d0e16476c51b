/** Secrets and ConfigMaps: k8s.io/kubernetes pkg/apis/core/validation. */
import { equals, isObject, type JsonObject, objectAt, stringAt } from '../../../../kubernetes/json.ts';
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

export function checkConfigMap(configMap: JsonObject, problems: Problems): void {
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

export function checkConfigMapUpdate(configMap: JsonObject, old: JsonObject, problems: Problems): void {
  checkFrozen(configMap, old, ['data', 'binaryData'], problems);
}

export function checkSecret(secret: JsonObject, problems: Problems): void {
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
    if (!isThere) problems.required(`data[${key}]`);
    else if (JSON_TYPES.includes(type) && !isJsonObject(data[key])) {
      problems.invalid(`data[${key}]`, '<secret contents redacted>', jsonFault(data[key]));
    }
  }
  if (type === 'kubernetes.io/basic-auth' && !Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password')) {
    problems.required('data[username]');
    problems.required('data[password]');
  }
  if (type === 'kubernetes.io/service-account-token' && !stringAt(secret, 'metadata', 'annotations', ACCOUNT_NAME)) {
    problems.required(`metadata.annotations[${ACCOUNT_NAME}]`);
  }
}

export function checkSecretUpdate(secret: JsonObject, old: JsonObject, problems: Problems): void {
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

function isJsonObject(base64: unknown): boolean {
  try {
    return isObject(JSON.parse(Buffer.from(String(base64), 'base64').toString()));
  } catch {
    return false;
  }
}

/** Go's words for the commonest faults. */
function jsonFault(base64: unknown): string {
  const text = Buffer.from(String(base64), 'base64').toString().trim();
  if (text === '') return 'unexpected end of JSON input';
  return `invalid character '${text[0] === '{' ? text.at(-1) : text[0]}' looking for beginning of ${text[0] === '{' ? 'object key string' : 'value'}`;
}
