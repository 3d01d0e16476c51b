/**
 * Who owns which fields of an object, as `metadata.managedFields` tells it
 * (k8s.io/apimachinery pkg/util/managedfields/internal/managedfields.go).
 */
import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { timeText } from '../../../../kubernetes/time.ts';
import { readFields, writeFields } from '../fields/fieldsV1.ts';
import { compareText } from '../fields/order.ts';
import type { FieldSet } from '../fields/set.ts';

export interface Owned {
  readonly set: FieldSet;
  readonly apiVersion: string;
  readonly isApplied: boolean;
}

/** What tells two entries apart. */
export interface Identity {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** Empty for an Apply, which stays one entry whatever the version. */
  readonly apiVersion: string;
  readonly subresource: string;
}

/** By `identityText`. */
export interface Managed {
  readonly fields: ReadonlyMap<string, Owned>;
  /** As managedFields write them: `2026-01-31T12:00:00Z`. */
  readonly times: ReadonlyMap<string, string>;
}

export const NOBODY: Managed = { fields: new Map(), times: new Map() };

/** The text that sorts as upstream's does. */
export function identityText({ manager, operation, apiVersion, subresource }: Identity): string {
  return JSON.stringify({
    ...(manager !== '' && { manager }),
    operation,
    ...(operation === 'Update' && { apiVersion }),
    ...(subresource !== '' && { subresource }),
  });
}

/** Undefined for the name of no entry. */
export function identityOf(text: string): Identity | undefined {
  if (!text.startsWith('{')) return undefined;
  const { manager = '', operation, apiVersion = '', subresource = '' }: Partial<Identity> = JSON.parse(text);
  return operation === undefined ? undefined : { manager, operation, apiVersion, subresource };
}

/** @throws with upstream's sentence where an entry is none */
export function decode(entries: JsonValue | undefined): Managed {
  const fields = new Map<string, Owned>();
  const times = new Map<string, string>();
  for (const [index, entry] of listOf(entries).entries()) {
    const { operation, apiVersion, manager, subresource, time, fieldsV1, fieldsType } = isObject(entry) ? entry : {};
    if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
    if (typeof apiVersion !== 'string' || apiVersion === '') throw new Error('apiVersion must not be empty');
    checkType(fieldsType, index);

    const text = identityText({ manager: textOf(manager), operation, apiVersion, subresource: textOf(subresource) });
    fields.set(text, { set: readFields(fieldsV1 ?? {}), apiVersion, isApplied: operation === 'Apply' });
    const at = new Date(textOf(time));
    if (!Number.isNaN(at.getTime())) times.set(text, timeText(at));
  }
  return { fields, times };
}

function checkType(fieldsType: JsonValue | undefined, index: number): void {
  if (fieldsType === 'FieldsV1') return;
  const type = textOf(fieldsType);
  if (type === '') throw new Error(`missing fieldsType in managed fields entry ${index}`);
  throw new Error(`invalid fieldsType ${JSON.stringify(type)} in managed fields entry ${index}`);
}

function listOf(entries: JsonValue | undefined): JsonArray {
  if (entries === undefined || entries === null) return [];
  if (!isArray(entries)) throw new Error('managedFields is no list');
  return entries;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The entries in upstream's order; undefined where there are none. */
export function encode({ fields, times }: Managed): JsonArray | undefined {
  if (fields.size === 0) return undefined;
  const entries: { identity: Identity; time: string; json: JsonObject }[] = [];
  for (const [text, { set, apiVersion, isApplied }] of fields) {
    const identity = identityOf(text);
    if (identity === undefined) continue;
    const { manager, subresource } = identity;
    const operation = isApplied ? 'Apply' : identity.operation;
    const time = times.get(text) ?? '';
    const json = {
      ...(manager !== '' && { manager }),
      operation,
      apiVersion,
      ...(time !== '' && { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: writeFields(set),
      ...(subresource !== '' && { subresource }),
    };
    entries.push({ identity: { manager, operation, apiVersion, subresource }, time, json });
  }
  return entries.sort(byPlace).map(({ json }) => json);
}

function byPlace(
  left: { readonly identity: Identity; readonly time: string },
  right: { readonly identity: Identity; readonly time: string },
): number {
  return (
    compareText(left.identity.operation, right.identity.operation) ||
    compareText(left.time, right.time) ||
    compareText(left.identity.manager, right.identity.manager) ||
    compareText(left.identity.apiVersion, right.identity.apiVersion) ||
    compareText(left.identity.subresource, right.identity.subresource)
  );
}
