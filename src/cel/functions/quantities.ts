/** `quantity("200m")` (k8s.io/apiserver pkg/cel/library/quantity.go). */
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import { type CelValue, Foreign } from '../values/value.ts';
import { textArg } from './arguments.ts';
import type { CelFunction } from './function.ts';

const NANOS = 1_000_000_000n;

class Quantity extends Foreign {
  readonly typeName = 'kubernetes.Quantity';
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }

  override equals(other: Foreign): boolean {
    return other instanceof Quantity && other.nanos === this.nanos;
  }
}

function quantityArg(args: readonly CelValue[], index: number): bigint {
  const value = args[index];
  if (!(value instanceof Quantity)) throw noSuchOverload();
  return value.nanos;
}

function amountArg(args: readonly CelValue[], index: number): bigint {
  const value = args[index];
  return typeof value === 'bigint' ? value * NANOS : quantityArg(args, index);
}

function comparison(args: readonly CelValue[]): bigint {
  const difference = quantityArg(args, 0) - quantityArg(args, 1);
  if (difference === 0n) return 0n;
  return difference > 0n ? 1n : -1n;
}

/** Undefined where it is no whole number of 64 bits. */
function integerOf(nanos: bigint): bigint | undefined {
  const whole = nanos / NANOS;
  return nanos % NANOS === 0n && BigInt.asIntN(64, whole) === whole ? whole : undefined;
}

function signOf(nanos: bigint): bigint {
  if (nanos === 0n) return 0n;
  return nanos > 0n ? 1n : -1n;
}

function method(name: string, args: string, result: string, run: CelFunction['run']): CelFunction {
  return { name, signatures: args.split('|').map((one) => `kubernetes.Quantity.${name}(${one}): ${result}`), run };
}

export const QUANTITIES: readonly CelFunction[] = [
  {
    name: 'quantity',
    signatures: ['quantity(string): kubernetes.Quantity'],
    run: (args) => {
      const nanos = parseQuantity(textArg(args, 0));
      if (nanos === undefined) {
        const message = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
        throw new EvaluationFailure(message);
      }
      return new Quantity(nanos);
    },
  },
  {
    name: 'isQuantity',
    signatures: ['isQuantity(string): bool'],
    run: (args) => parseQuantity(textArg(args, 0)) !== undefined,
  },
  method('isGreaterThan', 'kubernetes.Quantity', 'bool', (args) => comparison(args) === 1n),
  method('isLessThan', 'kubernetes.Quantity', 'bool', (args) => comparison(args) === -1n),
  method('compareTo', 'kubernetes.Quantity', 'int', comparison),
  {
    name: 'sign',
    signatures: ['sign(kubernetes.Quantity): int'],
    run: (args) => signOf(quantityArg(args, 0)),
  },
  method('isInteger', '', 'bool', (args) => integerOf(quantityArg(args, 0)) !== undefined),
  method('asInteger', '', 'int', (args) => {
    const whole = integerOf(quantityArg(args, 0));
    if (whole === undefined) throw new EvaluationFailure('cannot convert value to integer');
    return whole;
  }),
  method('asApproximateFloat', '', 'double', (args) => Number(quantityArg(args, 0)) / Number(NANOS)),
  method(
    'add',
    'kubernetes.Quantity|int',
    'kubernetes.Quantity',
    (args) => new Quantity(quantityArg(args, 0) + amountArg(args, 1)),
  ),
  method(
    'sub',
    'kubernetes.Quantity|int',
    'kubernetes.Quantity',
    (args) => new Quantity(quantityArg(args, 0) - amountArg(args, 1)),
  ),
];
