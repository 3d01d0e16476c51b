/** Making calls of operators. */
import type { Expr } from './expr.ts';
import type { Token } from './lexer.ts';

export type Place = Pick<Expr, 'at' | 'start' | 'end'>;

export function call(name: string, place: Place, args: readonly Expr[], target?: Expr): Expr {
  return { kind: 'call', ...place, name, target, args };
}

export function across({ at }: Token, first: Expr, last: Expr): Place {
  return { at, start: first.start, end: last.end };
}

/** A chain as a tree that is as flat as can be: of many conditions none stands deep (cel-go parser/helper.go). */
export function balanced(
  name: string,
  operators: readonly Token[],
  operands: readonly Expr[],
  low: number,
  high: number,
): Expr {
  const middle = Math.floor((low + high) / 2);
  const [token, only] = [operators[middle], operands[low]];
  if (only === undefined) throw new RangeError('a chain has an operand');
  if (low === high || token === undefined) return only;
  const left = balanced(name, operators, operands, low, middle);
  const right = balanced(name, operators, operands, middle + 1, high);
  return call(name, across(token, left, right), [left, right]);
}
