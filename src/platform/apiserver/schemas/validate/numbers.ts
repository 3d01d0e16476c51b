/** Bounds of numbers (k8s.io/kube-openapi pkg/validation/validate/validator.go, numberValidator). */
import type { Schema } from '../schema.ts';
import { Result } from './result.ts';

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
};

export function numberDemands(value: number, path: string, schema: Schema): Result {
  const result = new Result();
  const { type, format = '', multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const range = type === 'integer' ? RANGES[format] : undefined;
  if (range !== undefined && (value < range[0] || value > range[1])) {
    result.composite(`Checked value must be of type integer with format ${format} in ${path}`);
  }
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    result.invalid(path, value, `should be a multiple of ${multipleOf}`);
  }
  if (minimum !== undefined && (value < minimum || (exclusiveMinimum === true && value === minimum))) {
    result.invalid(path, value, `should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`);
  }
  if (maximum !== undefined && (value > maximum || (exclusiveMaximum === true && value === maximum))) {
    result.invalid(path, value, `should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`);
  }
  result.matches++;
  return result;
}

/** For whole numbers exactly; else as near as floating point comes. */
function isMultiple(value: number, factor: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(factor)) return value % factor === 0;
  const times = factor < 1 ? (1 / factor) * value : value / factor;
  return Math.abs(times - Math.round(times)) < 1e-9;
}
