/** Fields and items of values. */
import { formatDouble } from '../functions/conversions.ts';
import { EvaluationFailure, noSuchKey, noSuchOverload } from '../values/failure.ts';
import { type CelValue, isList, isMap, keyOf, NONE, numberIndex, Optional, typeNameOf } from '../values/value.ts';

/** `operand.field`; of an optional, an optional again. @throws EvaluationFailure where there is none */
export function selected(operand: CelValue, field: string, isOptional: boolean): CelValue {
  if (operand instanceof Optional) {
    return operand.value === undefined ? NONE : selected(operand.value, field, true);
  }
  const value = isMap(operand) ? operand.get(field) : undefined;
  if (isOptional) {
    if (!isMap(operand)) throw noSuchOverload();
    return value === undefined ? NONE : asOptional(value);
  }
  if (value !== undefined) return value;
  throw noSuchKey(field);
}

/** `has(operand.field)`. */
export function tested(operand: CelValue, field: string): boolean {
  if (operand instanceof Optional) return operand.value !== undefined && tested(operand.value, field);
  if (!isMap(operand)) throw noSuchOverload();
  return operand.has(field);
}

/** `operand[index]`. @throws EvaluationFailure where there is none */
export function indexed(operand: CelValue, index: CelValue, isOptional: boolean): CelValue {
  if (operand instanceof Optional) return operand.value === undefined ? NONE : indexed(operand.value, index, true);
  const value = itemAt(operand, index, isOptional);
  if (!isOptional) {
    if (value === undefined) throw noSuchKey(keyOf(index) ?? '');
    return value;
  }
  return value === undefined ? NONE : asOptional(value);
}

function itemAt(operand: CelValue, index: CelValue, isOptional: boolean): CelValue | undefined {
  if (isMap(operand)) {
    const key = keyOf(index);
    return key === undefined ? undefined : operand.get(key);
  }
  if (!isList(operand)) throw noSuchOverload();
  const position = numberIndex(index);
  if (position === undefined) throw unsupportedIndex(index);
  if (position >= 0 && position < operand.length) return operand.at(position);
  if (isOptional) return undefined;
  throw new EvaluationFailure(`index out of bounds: ${String(keyOf(index))}`);
}

function unsupportedIndex(index: CelValue): EvaluationFailure {
  if (typeof index === 'number') return new EvaluationFailure(`unsupported index value ${formatDouble(index)} in list`);
  return new EvaluationFailure(`unsupported index type '${typeNameOf(index)}' in list`);
}

function asOptional(value: CelValue): Optional {
  return value instanceof Optional ? value : new Optional(value);
}
