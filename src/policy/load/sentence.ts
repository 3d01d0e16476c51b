/** Says what ajv found as sentences that name the field as people write it. */
import type { ErrorObject } from 'ajv';
import { isArray, isObject } from '../../kubernetes/json.ts';
import { join, steps } from '../../kubernetes/pointer.ts';
import { nearest } from '../../text/nearest.ts';
import { FORMATS } from './formats.ts';

/** Something wrong at a place of a document. */
export interface Fault {
  /** JSON pointer into the document. */
  readonly pointer: string;
  /** Whether the key there is meant, or its value. */
  readonly what: 'key' | 'value';
  readonly message: string;
}

export function faultsOf(errors: readonly ErrorObject[]): Fault[] {
  const faults: Fault[] = [];
  for (const error of errors) {
    // the branches of an anyOf are told by the anyOf itself
    if (/\/anyOf\/[0-9]+\//.test(error.schemaPath)) continue;
    faults.push(faultOf(error));
  }
  return faults;
}

function faultOf(error: ErrorObject): Fault {
  const pointer = error.instancePath;
  const name = nameOf(pointer);
  const is = `${name} is ${show(error.data)}`;
  const params: Readonly<Record<string, unknown>> = error.params;

  switch (error.keyword) {
    case 'additionalProperties': {
      const field = String(params.additionalProperty);
      return { pointer: join(pointer, field), what: 'key', message: unknownField(field, name, error) };
    }
    case 'required':
      return { pointer, what: 'value', message: `${name || 'the policy'} lacks "${String(params.missingProperty)}"` };
    case 'anyOf':
      return { pointer, what: 'value', message: `${name} lacks "message", or a "messageExpression" that makes one` };
    case 'x-weir-order': {
      const { field, other, relation } = params;
      const bounds = isObject(error.data) ? error.data : {};
      const value = show(bounds[String(field)]);
      const bound = show(bounds[String(other)]);
      const message = `${name}.${String(field)} is ${value}, ${String(relation)} its own ${String(other)} ${bound}`;
      return { pointer: join(pointer, String(field)), what: 'value', message };
    }
    case 'type':
      return { pointer, what: 'value', message: wrongType(name, error.data, params.type) };
    case 'enum':
    case 'const': {
      const allowed = isArray(params.allowedValues) ? params.allowedValues : [params.allowedValue];
      return {
        pointer,
        what: 'value',
        message: `${is}, and should be ${oneOf(allowed)}${similar(error.data, allowed)}`,
      };
    }
    case 'format':
      return {
        pointer,
        what: 'value',
        message: `${is}, ${FORMATS[String(params.format)]?.wanted ?? 'which is malformed'}`,
      };
    case 'minimum':
      return { pointer, what: 'value', message: `${is}, and should be at least ${String(params.limit)}` };
    case 'maximum':
      return { pointer, what: 'value', message: `${is}, and should be at most ${String(params.limit)}` };
    case 'minLength':
    case 'minItems':
      return { pointer, what: 'value', message: `${name} is empty` };
    case 'maxItems':
      return { pointer, what: 'value', message: `${name} has more than ${String(params.limit)} items` };
    default:
      return { pointer, what: 'value', message: `${is}, and ${error.message ?? 'is not allowed'}` };
  }
}

/** Fields are listed up to here; beyond, the documentation is the better place. */
const MOST_FIELDS = 12;

function unknownField(field: string, name: string, error: ErrorObject): string {
  const known = isObject(error.parentSchema?.properties) ? Object.keys(error.parentSchema.properties) : [];
  const meant = nearest(field, known);
  if (meant !== undefined) return `unknown field "${field}"; did you mean "${meant}"?`;
  const where = name === '' ? 'a policy' : name;
  if (known.length > MOST_FIELDS) return `unknown field "${field}" in ${where}`;
  return `unknown field "${field}" in ${where}, which has ${known.join(', ')}`;
}

function wrongType(name: string, data: unknown, type: unknown): string {
  if (data === null) return `${name} is empty; give it a value or remove it`;
  const types = isArray(type) ? type : [type];
  const is = `${name} is ${show(data)}`;
  if (types.includes('string') && (typeof data === 'number' || typeof data === 'boolean')) {
    return `${is}, and should be a text: put it in quotes`;
  }
  if (types.includes('object') && !isObject(data) && !isArray(data)) {
    return `${is}, and should be a mapping of fields`;
  }
  return `${is}, and should be ${types.map((one) => TYPES[String(one)] ?? String(one)).join(' or ')}`;
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a mapping of fields',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.map(String).join(', ')}`;
}

function similar(data: unknown, allowed: readonly unknown[]): string {
  if (typeof data !== 'string') return '';
  const meant = nearest(data, allowed.map(String));
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** `/spec/custom/0/match/kinds` becomes `custom[0].match.kinds`, the name that people use. */
export function nameOf(pointer: string): string {
  const all = steps(pointer);
  const way = all[0] === 'spec' && all.length > 1 ? all.slice(1) : all;
  let name = '';
  for (const step of way) {
    if (/^[0-9]+$/.test(step)) name += `[${step}]`;
    else name += name === '' ? step : `.${step}`;
  }
  return name;
}

const LONGEST_VALUE = 60;

/** A value as it is shown in a sentence: JSON, cut where it is long. */
export function show(value: unknown): string {
  if (isArray(value)) return 'a list';
  if (isObject(value)) return 'a mapping';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}
