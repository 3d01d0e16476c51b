/** Variables of containers: k8s.io/kubernetes pkg/apis/core/validation (ValidateEnv, ValidateEnvFrom). */
import { type JsonObject, objectAt } from '../../../../kubernetes/json.ts';
import { dns1123SubdomainErrors, qualifiedNameErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, textOf } from './common.ts';
import { configKeyErrors, variableNameErrors } from './formats.ts';

const FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

export function checkEnvironment(container: JsonObject, path: string, problems: Problems): void {
  for (const [variable, at] of itemsOf(container, 'env', path)) {
    const name = textOf(variable, 'name');
    if (name === '') problems.required(`${at}.name`);
    else problems.invalidBy(`${at}.name`, name, variableNameErrors(name));
    const source = objectAt(variable, 'valueFrom');
    if (source !== undefined) checkSource(source, `${at}.valueFrom`, textOf(variable, 'value') !== '', problems);
  }
  for (const [source, at] of itemsOf(container, 'envFrom', path)) checkMany(source, at, `${path}.envFrom`, problems);
}

function checkSource(source: JsonObject, path: string, hasValue: boolean, problems: Problems): void {
  const given = SOURCES.filter((key) => source[key] !== undefined);
  if (given.includes('fieldRef')) checkField(objectAt(source, 'fieldRef'), `${path}.fieldRef`, problems);
  if (given.includes('resourceFieldRef')) {
    const resource = textOf(objectAt(source, 'resourceFieldRef'), 'resource');
    const at = `${path}.resourceFieldRef.resource`;
    if (resource === '') problems.required(at);
    else if (!RESOURCES.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) {
      problems.notSupported(at, resource, RESOURCES);
    }
  }
  for (const key of ['configMapKeyRef', 'secretKeyRef']) {
    if (given.includes(key)) checkKeyReference(objectAt(source, key), `${path}.${key}`, problems);
  }
  if (given.length === 0) {
    const choice = SOURCES.map((key) => `\`${key}\``);
    problems.invalid(path, '', `must specify one of: ${choice.slice(0, -1).join(', ')} or ${choice.at(-1)}`);
  } else if (hasValue) problems.invalid(path, '', 'may not be specified when `value` is not empty');
  else if (given.length > 1) problems.invalid(path, '', 'may not have more than one field specified at a time');
}

function checkField(reference: JsonObject | undefined, path: string, problems: Problems): void {
  const field = textOf(reference, 'fieldPath');
  if (field === '') {
    problems.required(`${path}.fieldPath`);
    return;
  }
  const subscript = /^metadata\.(annotations|labels)\['(.*)'\]$/.exec(field);
  if (subscript !== null) {
    const key = subscript[1] === 'annotations' ? (subscript[2] ?? '').toLowerCase() : (subscript[2] ?? '');
    problems.invalidBy(path, key, qualifiedNameErrors(key));
  } else if (!FIELDS.includes(field)) {
    const known = ['metadata.annotations', 'metadata.labels', ...FIELDS, 'spec.restartPolicy', 'status.phase'];
    if (known.includes(field)) problems.notSupported(`${path}.fieldPath`, field, FIELDS);
    else {
      problems.invalid(`${path}.fieldPath`, field, `error converting fieldPath: field label not supported: ${field}`);
    }
  }
}

function checkKeyReference(reference: JsonObject | undefined, path: string, problems: Problems): void {
  const name = textOf(reference, 'name');
  problems.invalidBy(`${path}.name`, name, dns1123SubdomainErrors(name));
  const key = textOf(reference, 'key');
  if (key === '') problems.required(`${path}.key`);
  else problems.invalidBy(`${path}.key`, key, configKeyErrors(key));
}

function checkMany(source: JsonObject, path: string, list: string, problems: Problems): void {
  const prefix = textOf(source, 'prefix');
  if (prefix !== '') problems.invalidBy(`${path}.prefix`, prefix, variableNameErrors(prefix));
  const given = ['configMapRef', 'secretRef'].filter((key) => source[key] !== undefined);
  for (const key of given) {
    const name = textOf(objectAt(source, key), 'name');
    if (name === '') problems.required(`${path}.${key}.name`);
    else problems.invalidBy(`${path}.${key}.name`, name, dns1123SubdomainErrors(name));
  }
  if (given.length === 0) problems.invalid(list, '', 'must specify one of: `configMapRef` or `secretRef`');
  else if (given.length > 1) problems.invalid(list, '', 'may not have more than one field specified at a time');
}
