/** Whether a value is of the type of its schema (k8s.io/kube-openapi pkg/validation/validate/type.go). */
import { isArray, type JsonValue } from '../../../../kubernetes/json.ts';
import type { Schema } from '../schema.ts';
import { formatTest } from './formats.ts';
import { Result } from './result.ts';

const NUMBER_FORMATS: Readonly<Record<string, readonly string[]>> = {
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
};

export function checkType(value: JsonValue, path: string, schema: Schema): Result {
  const result = new Result();
  const types = typesOf(schema);
  if (value === null) {
    if (types.length > 0 && schema.nullable !== true) result.wrongType(path, types.join(','), 'null');
    else result.matches++;
    return result;
  }

  const type = typeNameOf(value);
  const format = effectiveFormat(schema);
  const fits = types.includes(type) || (type === 'integer' && types.includes('number'));
  const isText = type === 'string' || type === 'array';
  if (!isText && format !== undefined && !fits) {
    result.wrongType(path, format, FORMATS_OF_VALUES[type] ?? '');
    return result;
  }
  const isNumeric = types.includes('number') || types.includes('integer');
  // of a text with a format, the format is what counts
  if ((!isNumeric && format !== undefined && isText) || fits || types.length === 0) result.matches++;
  else result.wrongType(path, types.join(','), type);
  return result;
}

const FORMATS_OF_VALUES: Readonly<Record<string, string>> = { integer: 'int64', number: 'float64' };

function typesOf(schema: Schema): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  return schema.type === undefined ? [] : [schema.type];
}

/** A format that Kubernetes does not know, or knows for another type, is as good as none. */
function effectiveFormat({ type, format }: Schema): string | undefined {
  if (format === undefined || format === '') return undefined;
  const numbers = type === undefined ? undefined : NUMBER_FORMATS[type];
  if (numbers !== undefined) return numbers.includes(format) ? format : undefined;
  return (type === undefined || type === 'string') && formatTest(format) !== undefined ? format : undefined;
}

/** `integer` for a whole number. */
export function typeNameOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
