/**
 * How large what a schema allows can be, and how small as JSON (k8s.io/apiserver pkg/cel/common/schemas.go): what rules
 * can cost is estimated of it.
 */
import type { Sized } from '../../../../cel/cost/sized.ts';
import type { Schema } from '../schema.ts';
import { celName } from './names.ts';
import { withTypeAndMetadata } from './types.ts';

/** Bytes of the largest request (k8s.io/apiserver pkg/apis/cel/config.go). */
export const LARGEST_REQUEST = 3 * 1024 * 1024;

/** Bytes of a value as JSON at least (k8s.io/apiserver pkg/cel/limits.go). */
const LEAST = { any: 1, text: 2, duration: 3, date: 12, moment: 21, truth: 4, number: 1, list: 2, object: 2 };
/** Characters of a duration, and of a moment, with quotes. */
const LONGEST_TIME = 32;
/** Bytes of a character. */
const WIDEST = 4;

export interface SchemaSizes extends Sized {
  /** Bytes as JSON. */
  readonly least: number;
}

const known = new WeakMap<Schema, { readonly sizes: SchemaSizes | undefined }>();

/** Undefined where expressions see nothing. */
export function sizesOf(schema: Schema): SchemaSizes | undefined {
  const found = known.get(schema);
  if (found !== undefined) return found.sizes;
  const sizes = measured(schema);
  known.set(schema, { sizes });
  return sizes;
}

function measured(schema: Schema): SchemaSizes | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return scalar(textLength(schema, LARGEST_REQUEST - 2), LEAST.any);
  }
  const seen = schema['x-kubernetes-embedded-resource'] === true ? withTypeAndMetadata(schema) : schema;
  switch (seen.type) {
    case 'array':
      return listSizes(seen);
    case 'object':
      return typeof seen.additionalProperties === 'object'
        ? mapSizes(seen, seen.additionalProperties)
        : objectSizes(seen);
    case 'string':
      return textSizes(seen);
    case 'boolean':
      return scalar(0, LEAST.truth);
    case 'integer':
    case 'number':
      return scalar(0, LEAST.number);
    default:
      return undefined;
  }
}

function scalar(most: number, least: number): SchemaSizes {
  return { most: BigInt(Math.max(0, Math.trunc(most))), least };
}

function textLength({ maxLength }: Schema, otherwise: number): number {
  return maxLength === undefined ? otherwise : Math.max(0, maxLength) * WIDEST;
}

function textSizes(schema: Schema): SchemaSizes {
  switch (schema.format) {
    case 'byte':
      return scalar(schema.maxLength ?? LARGEST_REQUEST - 2, LEAST.text);
    case 'duration':
      return scalar(LONGEST_TIME, LEAST.duration);
    case 'date':
      return scalar(LEAST.date, LEAST.date);
    case 'date-time':
      return scalar(LONGEST_TIME, LEAST.moment);
    default:
      return scalar(textLength(schema, longestChoice(schema) ?? LARGEST_REQUEST - 2), LEAST.text);
  }
}

/** Undefined where there is no choice. */
function longestChoice({ enum: choices = [] }: Schema): number | undefined {
  if (choices.length === 0) return undefined;
  return Math.max(...choices.map((choice) => (typeof choice === 'string' ? Buffer.byteLength(choice) : 0)));
}

function listSizes({ items, maxItems }: Schema): SchemaSizes | undefined {
  const item = items === undefined ? undefined : sizesOf(items);
  if (item === undefined) return undefined;
  // the brackets, and a comma behind each item
  const fitting = (LARGEST_REQUEST - 2) / (item.least + 1);
  return { ...scalar(maxItems ?? fitting, LEAST.list), item };
}

function mapSizes({ maxProperties }: Schema, values: Schema): SchemaSizes | undefined {
  const item = sizesOf(values);
  if (item === undefined) return undefined;
  // the brackets, and of each member a key of two bytes, its quotes, a colon and a comma
  const fitting = (LARGEST_REQUEST - 2) / (item.least + 6);
  return { ...scalar(maxProperties ?? fitting, LEAST.object), item, key: scalar(0, LEAST.text) };
}

function objectSizes({ properties = {}, required = [] }: Schema): SchemaSizes {
  const fields = new Map<string, SchemaSizes>();
  let least = LEAST.object;
  for (const [name, property] of Object.entries(properties)) {
    const sizes = sizesOf(property);
    if (sizes === undefined) continue;
    const escaped = celName(name);
    if (escaped !== undefined) fields.set(escaped, sizes);
    if (required.includes(name) && property.default === undefined) least += Buffer.byteLength(name) + sizes.least + 4;
  }
  return { ...scalar(0, least), field: (name) => fields.get(name) };
}
