/** Arguments of functions, each as what it must be. */
import { TEXT_FACTOR } from '../evaluate/meter.ts';
import { noSuchOverload } from '../values/failure.ts';
import { type CelList, type CelMap, type CelValue, Duration, isList, isMap, Timestamp } from '../values/value.ts';
import type { CelFunction } from './function.ts';

/** @throws EvaluationFailure where it is something else; likewise below */
export function textArg(args: readonly CelValue[], index: number): string {
  const value = args[index];
  if (typeof value !== 'string') throw noSuchOverload();
  return value;
}

export function intArg(args: readonly CelValue[], index: number): bigint {
  const value = args[index];
  if (typeof value !== 'bigint') throw noSuchOverload();
  return value;
}

export function listArg(args: readonly CelValue[], index: number): CelList {
  const value = anyArg(args, index);
  if (!isList(value)) throw noSuchOverload();
  return value;
}

export function mapArg(args: readonly CelValue[], index: number): CelMap {
  const value = anyArg(args, index);
  if (!isMap(value)) throw noSuchOverload();
  return value;
}

export function anyArg(args: readonly CelValue[], index: number): CelValue {
  const value = args[index];
  if (value === undefined) throw noSuchOverload();
  return value;
}

/** The same functions, which pay for the texts that they are called with: they go through them to read them. */
export function payingForTexts(functions: readonly CelFunction[]): CelFunction[] {
  return functions.map(({ name, signatures, run }) => ({
    name,
    signatures,
    run: (args, meter) => {
      for (const arg of args) {
        if (typeof arg === 'string') meter.charge(arg.length * TEXT_FACTOR);
      }
      return run(args, meter);
    },
  }));
}

/** A timestamp or a duration in nanoseconds. */
export function nanosOf(value: CelValue): bigint | undefined {
  return value instanceof Timestamp || value instanceof Duration ? value.nanos : undefined;
}
