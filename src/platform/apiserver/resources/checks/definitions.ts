/**
 * CustomResourceDefinitions: k8s.io/apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go.
 *
 * What all versions have in common stands at the top of Kubernetes' internal type, so that its causes name
 * `spec.validation`, `spec.subresources` and `spec.additionalPrinterColumns`.
 */
import {
  arrayAt,
  equals,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
} from '../../../../kubernetes/json.ts';
import { dns1035LabelErrors, dns1123SubdomainErrors } from '../../../../kubernetes/names.ts';
import { statusRootCauses, structuralSchema } from '../../schemas/structural/structural.ts';
import type { Problems } from '../problems.ts';
import { immutable, oneOf, textOf } from './common.ts';

const APPROVED = 'api-approved.kubernetes.io';
const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

export function checkDefinition(definition: JsonObject, problems: Problems, old?: JsonObject): void {
  const spec = objectAt(definition, 'spec') ?? {};
  const group = textOf(spec, 'group');
  const name = stringAt(definition, 'metadata', 'name') ?? '';
  if (name !== `${textOf(objectAt(spec, 'names'), 'plural')}.${group}`) {
    problems.invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group');
  }
  checkGroup(group, problems);
  oneOf(problems, 'spec.scope', spec.scope, ['Cluster', 'Namespaced'], 'required');
  checkVersions(spec, problems, objectAt(old, 'spec'));
  checkNames(objectAt(spec, 'names') ?? {}, problems);
  checkShared(spec, problems, objectAt(old, 'spec'));
  checkConversion(objectAt(spec, 'conversion'), problems);
  checkStored(definition, problems);
  checkApproval(definition, group, problems, old);
  if (spec.preserveUnknownFields === true) {
    const why =
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
    problems.invalid('spec.preserveUnknownFields', true, why);
  }
}

function checkGroup(group: string, problems: Problems): void {
  if (group === '') {
    problems.required('spec.group');
    return;
  }
  const errors = dns1123SubdomainErrors(group);
  if (errors.length > 0) problems.invalid('spec.group', group, errors.join(','));
  else if (!group.includes('.')) problems.invalid('spec.group', group, 'should be a domain with at least one dot');
}

/** The value that all versions have, or undefined where they differ. */
function sharedBy(spec: JsonObject, key: string): JsonValue | undefined {
  const [first, ...others] = arrayAt(spec, 'versions').filter(isObject);
  return others.every((version) => equals(version[key], first?.[key])) ? first?.[key] : undefined;
}

function checkVersions(spec: JsonObject, problems: Problems, old: JsonObject | undefined): void {
  const versions = arrayAt(spec, 'versions').filter(isObject);
  for (const [index, version] of versions.entries()) {
    if (objectAt(version, 'schema', 'openAPIV3Schema') === undefined) {
      problems.required(`spec.versions[${index}].schema.openAPIV3Schema`);
    }
  }
  const names = new Set<string>();
  for (const [index, version] of versions.entries()) {
    const path = `spec.versions[${index}]`;
    const name = textOf(version, 'name');
    const errors = dns1035LabelErrors(name);
    if (errors.length > 0) problems.invalid(`${path}.name`, name, errors.join(','));
    checkDeprecation(version, path, problems);
    checkOwn(spec, version, path, problems, old);
    names.add(name);
  }
  if (names.size < versions.length) {
    problems.invalidStruct('spec.versions', shown(spec), 'must contain unique version names');
  }
  if (versions.filter(({ storage }) => storage === true).length !== 1) {
    problems.invalidStruct('spec.versions', shown(spec), 'must have exactly one version marked as storage version');
  }
  const first = textOf(versions[0], 'name');
  const errors = first === '' ? [] : dns1035LabelErrors(first);
  if (errors.length > 0) problems.invalid('spec.version', first, errors.join(','));
}

/** As Kubernetes prints its internal type. */
function shown(spec: JsonObject): JsonValue {
  const own = (version: JsonObject, key: string): JsonValue =>
    sharedBy(spec, key) === undefined ? (version[key] ?? null) : null;
  return arrayAt(spec, 'versions')
    .filter(isObject)
    .map((version) => ({
      Name: textOf(version, 'name'),
      Served: version.served === true,
      Storage: version.storage === true,
      Deprecated: version.deprecated === true,
      DeprecationWarning: stringAt(version, 'deprecationWarning') ?? null,
      Schema: own(version, 'schema'),
      Subresources: own(version, 'subresources'),
      AdditionalPrinterColumns: own(version, 'additionalPrinterColumns'),
      SelectableFields: own(version, 'selectableFields'),
    }));
}

function checkDeprecation(version: JsonObject, path: string, problems: Problems): void {
  const warning = stringAt(version, 'deprecationWarning');
  if (warning === undefined) return;
  const at = `${path}.deprecationWarning`;
  if (version.deprecated !== true) problems.invalid(at, warning, 'can only be set for deprecated versions');
  else if (warning === '') problems.invalid(at, warning, 'must not be an empty string');
  else if (warning.length > 256) problems.invalid(at, warning, 'must be <= 256 characters long');
}

/** What a version does not share with all others. */
function checkOwn(
  spec: JsonObject,
  version: JsonObject,
  path: string,
  problems: Problems,
  old: JsonObject | undefined,
): void {
  if (sharedBy(spec, 'schema') === undefined) {
    checkSchema(version, `${path}.schema.openAPIV3Schema`, problems, old);
  }
  if (sharedBy(spec, 'subresources') === undefined) checkSubresources(version, `${path}.subresources`, problems);
  if (sharedBy(spec, 'additionalPrinterColumns') === undefined) checkColumns(version, path, problems);
}

function checkShared(spec: JsonObject, problems: Problems, old: JsonObject | undefined): void {
  const [first] = arrayAt(spec, 'versions').filter(isObject);
  if (first === undefined) return;
  if (sharedBy(spec, 'schema') !== undefined) checkSchema(first, 'spec.validation.openAPIV3Schema', problems, old);
  if (sharedBy(spec, 'subresources') !== undefined) checkSubresources(first, 'spec.subresources', problems);
  if (sharedBy(spec, 'additionalPrinterColumns') !== undefined) checkColumns(first, 'spec', problems);
}

/** A schema that stays as it was has been judged. */
function checkSchema(version: JsonObject, path: string, problems: Problems, old: JsonObject | undefined): void {
  const schema = objectAt(version, 'schema', 'openAPIV3Schema');
  if (schema === undefined) return;
  const before = arrayAt(old, 'versions')
    .filter(isObject)
    .find(({ name }) => name === version.name);
  if (before !== undefined && equals(objectAt(before, 'schema', 'openAPIV3Schema'), schema)) return;

  if (objectAt(version, 'subresources', 'status') !== undefined) problems.add(...statusRootCauses(schema, path));
  problems.add(...structuralSchema(schema, path).causes);
}

function checkSubresources(version: JsonObject, path: string, problems: Problems): void {
  const scale = objectAt(version, 'subresources', 'scale');
  if (scale === undefined) return;
  for (const [field, root] of [
    ['specReplicasPath', '.spec'],
    ['statusReplicasPath', '.status'],
  ] as const) {
    const value = textOf(scale, field);
    const at = `${path}.scale.${field}`;
    if (value === '') problems.required(at);
    else if (!checkPath(value, at, problems)) continue;
    else if (!value.startsWith(`${root}.`)) problems.invalid(at, value, `should be a json path under ${root}`);
  }
  const selector = textOf(scale, 'labelSelectorPath');
  const at = `${path}.scale.labelSelectorPath`;
  if (selector === '' || !checkPath(selector, at, problems)) return;
  if (!selector.startsWith('.spec.') && !selector.startsWith('.status.')) {
    problems.invalid(at, selector, 'should be a json path under either .spec or .status');
  }
}

function checkPath(path: string, at: string, problems: Problems): boolean {
  if (path.startsWith('.')) return true;
  problems.invalid(at, path, 'must be a simple json path starting with .');
  return false;
}

function checkColumns(version: JsonObject, path: string, problems: Problems): void {
  for (const [index, column] of arrayAt(version, 'additionalPrinterColumns').filter(isObject).entries()) {
    const at = `${path}.additionalPrinterColumns[${index}]`;
    if (textOf(column, 'name') === '') problems.required(`${at}.name`);
    const type = textOf(column, 'type');
    const mustBe = `must be one of ${COLUMN_TYPES.join(',')}`;
    if (type === '') problems.required(`${at}.type`, mustBe);
    else if (!COLUMN_TYPES.includes(type)) problems.invalid(`${at}.type`, type, mustBe);
    const format = textOf(column, 'format');
    if (format !== '' && !COLUMN_FORMATS.includes(format)) {
      problems.invalid(`${at}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`);
    }
    const jsonPath = textOf(column, 'jsonPath');
    if (jsonPath === '') problems.required(`${at}.JSONPath`);
    else checkPath(jsonPath, `${at}.JSONPath`, problems);
  }
}

function checkNames(names: JsonObject, problems: Problems): void {
  const path = 'spec.names';
  for (const field of ['plural', 'singular', 'kind', 'listKind']) {
    if (textOf(names, field) === '') problems.required(`${path}.${field}`);
  }
  for (const field of ['plural', 'singular']) {
    const name = textOf(names, field);
    const errors = name === '' ? [] : dns1035LabelErrors(name);
    if (errors.length > 0) problems.invalid(`${path}.${field}`, name, errors.join(','));
  }
  for (const field of ['kind', 'listKind']) {
    const name = textOf(names, field);
    const errors = name === '' ? [] : dns1035LabelErrors(name.toLowerCase());
    if (errors.length === 0) continue;
    const why = `may have mixed case, but should otherwise match: ${errors.join(',')}`;
    problems.invalid(`${path}.${field}`, name, why);
  }
  checkList(names, 'shortNames', problems);
  const kind = textOf(names, 'kind');
  if (kind !== '' && kind === textOf(names, 'listKind')) {
    problems.invalid(`${path}.listKind`, kind, 'kind and listKind may not be the same');
  }
  checkList(names, 'categories', problems);
}

function checkList(names: JsonObject, field: string, problems: Problems): void {
  for (const [index, name] of arrayAt(names, field).entries()) {
    const errors = typeof name === 'string' ? dns1035LabelErrors(name) : [];
    if (errors.length > 0) problems.invalid(`spec.names.${field}[${index}]`, name, errors.join(','));
  }
}

function checkConversion(conversion: JsonObject | undefined, problems: Problems): void {
  if (conversion === undefined) return;
  oneOf(problems, 'spec.conversion.strategy', conversion.strategy, ['None', 'Webhook'], 'required');
  const webhook = objectAt(conversion, 'webhook');
  if (conversion.strategy === 'Webhook') {
    if (objectAt(webhook, 'clientConfig') === undefined) {
      problems.required('spec.conversion.webhookClientConfig', 'required when strategy is set to Webhook');
    }
    if (arrayAt(webhook, 'conversionReviewVersions').length === 0) {
      problems.required('spec.conversion.conversionReviewVersions');
    }
  } else if (webhook !== undefined) {
    const why = 'should not be set when strategy is not set to Webhook';
    problems.forbidden('spec.conversion.webhookClientConfig', why);
  }
}

function checkStored(definition: JsonObject, problems: Problems): void {
  const stored = arrayAt(definition, 'status', 'storedVersions').filter((version) => typeof version === 'string');
  const names = arrayAt(definition, 'spec', 'versions')
    .filter(isObject)
    .map((version) => textOf(version, 'name'));
  if (stored.length === 0) {
    problems.invalid('status.storedVersions', null, 'must have at least one stored version');
    return;
  }
  for (const [index, version] of stored.entries()) {
    if (names.includes(version)) continue;
    problems.invalid(
      `status.storedVersions[${index}]`,
      version,
      `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`,
    );
  }
}

/** Groups that belong to the Kubernetes community say who approved them. */
function checkApproval(definition: JsonObject, group: string, problems: Problems, old: JsonObject | undefined): void {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return;
  const approval = (object: JsonObject | undefined) => stringAt(object, 'metadata', 'annotations', APPROVED) ?? '';
  const value = approval(definition);
  if (old !== undefined && approval(old) === value) return;
  const path = `metadata.annotations[${APPROVED}]`;
  const pull = 'https://github.com/kubernetes/enhancements/pull/1111';
  if (value === '') {
    problems.required(path, `protected groups must have approval annotation "${APPROVED}", see ${pull}`);
  } else if (!value.startsWith('unapproved') && !URL.canParse(value)) {
    const why = `protected groups must have approval annotation "${APPROVED}" with either a URL or a reason starting with "unapproved", see ${pull}`;
    problems.invalid(path, value, why);
  }
}

export function checkDefinitionUpdate(definition: JsonObject, old: JsonObject, problems: Problems): void {
  const next = objectAt(definition, 'spec') ?? {};
  const before = objectAt(old, 'spec') ?? {};
  const isEstablished = arrayAt(old, 'status', 'conditions')
    .filter(isObject)
    .some(({ type, status }) => type === 'Established' && status === 'True');
  if (isEstablished) {
    immutable(problems, 'spec.scope', next.scope, before.scope);
    immutable(problems, 'spec.names.kind', objectAt(next, 'names')?.kind, objectAt(before, 'names')?.kind);
  }
  immutable(problems, 'spec.group', next.group, before.group);
  immutable(problems, 'spec.names.plural', objectAt(next, 'names')?.plural, objectAt(before, 'names')?.plural);
}

/** Sentences about what is kept, and not done. */
export function definitionWarnings(definition: JsonObject): string[] {
  if (stringAt(definition, 'spec', 'conversion', 'strategy') !== 'Webhook') return [];
  return ['spec.conversion.strategy: conversion webhooks are not called here; only the storage version is served'];
}
