/** Bounds of numbers (k8s.io/kube-openapi pkg/validation/validate/validator.go, numberValidator). */
import type { Schema } from '../schema.ts';
import { Result } from './result.ts';

const INT64 = [-(2 ** 63), 2 ** 63] as const;
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: INT64,
};

export function numberDemands(value: number, path: string, schema: Schema): Result {
  const result = new Result();
  const { multipleOf, exclusiveMinimum = false, exclusiveMaximum = false } = schema;
  checkRange(value, path, schema, result);
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    result.invalid(path, value, `should be a multiple of ${multipleOf}`);
  }
  const minimum = boundFor(value, schema.minimum);
  if (minimum !== undefined && (value < minimum || (exclusiveMinimum && value === minimum))) {
    result.invalid(path, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  }
  const maximum = boundFor(value, schema.maximum);
  if (maximum !== undefined && (value > maximum || (exclusiveMaximum && value === maximum))) {
    result.invalid(path, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  }
  result.matches++;
  return result;
}

function checkRange(value: number, path: string, { type, format = '' }: Schema, result: Result): void {
  if (type !== 'integer') return;
  const known = Object.hasOwn(RANGES, format) ? format : '';
  const [least, most] = RANGES[known] ?? INT64;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const named = known === '' ? '(default format)' : `with format ${known}`;
  result.composite(`Checked value must be of type integer ${named} in ${path}`);
}

/** Whole numbers are compared as such: of their bounds, what is behind the point does not count. */
function boundFor(value: number, bound: number | undefined): number | undefined {
  return bound === undefined || !Number.isInteger(value) ? bound : Math.trunc(bound);
}

/** For whole numbers exactly; else as near as floating point comes. */
function isMultiple(value: number, factor: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(factor)) return value % factor === 0;
  const times = factor < 1 ? (1 / factor) * value : value / factor;
  return Math.abs(times - Math.round(times)) < 1e-9;
}
