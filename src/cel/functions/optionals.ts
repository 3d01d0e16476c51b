/** Values that may be missing (github.com/google/cel-go cel/library.go, optional types). */
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import { type CelValue, Duration, isList, isMap, NONE, Optional, Uint } from '../values/value.ts';
import { anyArg } from './arguments.ts';
import type { CelFunction } from './function.ts';

function optionalArg(args: readonly CelValue[], index: number): Optional {
  const value = args[index];
  if (!(value instanceof Optional)) throw noSuchOverload();
  return value;
}

/** What has the value that its type has without one: `""`, 0, false, null, nothing inside. */
function isZero(value: CelValue): boolean {
  if (value === null) return true;
  if (isList(value)) return value.length === 0;
  if (isMap(value)) return value.size === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Optional) return value.value === undefined;
  return (
    value === '' || value === false || value === 0n || value === 0 || (value instanceof Uint && value.value === 0n)
  );
}

export const OPTIONALS: readonly CelFunction[] = [
  {
    name: 'optional.of',
    signatures: ['optional.of(A): optional<A>'],
    run: (args) => new Optional(anyArg(args, 0)),
  },
  { name: 'optional.none', signatures: ['optional.none(): optional<A>'], run: () => NONE },
  {
    name: 'optional.ofNonZeroValue',
    signatures: ['optional.ofNonZeroValue(A): optional<A>'],
    run: (args) => (isZero(anyArg(args, 0)) ? NONE : new Optional(anyArg(args, 0))),
  },
  {
    name: 'hasValue',
    signatures: ['optional<A>.hasValue(): bool'],
    run: (args) => optionalArg(args, 0).value !== undefined,
  },
  {
    name: 'value',
    signatures: ['optional<A>.value(): A'],
    run: (args) => {
      const { value } = optionalArg(args, 0);
      if (value === undefined) throw new EvaluationFailure('optional.none() dereference');
      return value;
    },
  },
  {
    name: 'or',
    signatures: ['optional<A>.or(optional<A>): optional<A>'],
    run: (args) => (optionalArg(args, 0).value === undefined ? optionalArg(args, 1) : optionalArg(args, 0)),
  },
  {
    name: 'orValue',
    signatures: ['optional<A>.orValue(A): A'],
    run: (args) => optionalArg(args, 0).value ?? anyArg(args, 1),
  },
];
