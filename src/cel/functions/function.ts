/** How a function is written down: its name, how it may be called, and what it does. */
import type { Meter } from '../evaluate/meter.ts';
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import type { CelValue } from '../values/value.ts';
import { type Overload, readSignature } from './signatures.ts';

export interface CelFunction {
  /** `contains`, `_+_`. */
  readonly name: string;
  /**
   * How it may be called, for the checker: `string.contains(string): bool`, `size(list<A>): int`. A capital letter
   * stands for any type.
   */
  readonly signatures: readonly string[];
  /**
   * @param args for a method, first what it is called on
   * @throws EvaluationFailure where it has no value for them; CostFailure
   */
  readonly run: (args: readonly CelValue[], meter: Meter) => CelValue;
}

/** A function in a table, with its signatures read. */
export interface KnownFunction {
  readonly name: string;
  readonly overloads: readonly Overload[];
  readonly run: CelFunction['run'];
}

/** By `callKey`. */
export type FunctionTable = ReadonlyMap<string, KnownFunction>;

/** All functions by how they are called. Where two share a call, the one takes what the other has no overload for. */
export function tableOf(...libraries: readonly (readonly CelFunction[])[]): FunctionTable {
  const table = new Map<string, KnownFunction>();
  for (const { name, signatures, run } of libraries.flat()) {
    const overloads = signatures.map((signature) => readSignature(signature, name));
    const known = { name, overloads, run };
    for (const key of new Set(overloads.map(({ isMethod, args }) => callKey(name, isMethod, args.length)))) {
      const other = table.get(key);
      table.set(key, other === undefined ? known : either(other, known));
    }
  }
  return table;
}

function either(first: KnownFunction, second: KnownFunction): KnownFunction {
  return {
    name: first.name,
    overloads: [...first.overloads, ...second.overloads],
    run: (args, meter) => {
      try {
        return first.run(args, meter);
      } catch (error) {
        if (!(error instanceof EvaluationFailure) || error.message !== noSuchOverload().message) throw error;
        return second.run(args, meter);
      }
    },
  };
}

/** `.contains/2` for a method with an argument beside its target, `size/1` for a function. */
export function callKey(name: string, isMethod: boolean, count: number): string {
  return `${isMethod ? '.' : ''}${name}/${count}`;
}
