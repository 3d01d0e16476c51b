/** Going through the parts of an expression. */
import type { Expr } from './expr.ts';

/** The parts that an expression is directly made of; of a macro, what it stands for. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'select':
      return [expr.operand];
    case 'index':
      return [expr.operand, expr.index];
    case 'call':
      return expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    case 'list':
      return expr.items.map(({ value }) => value);
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'loop':
      return [expr.expansion];
    case 'fold':
      return [expr.range, expr.init, expr.condition, expr.step, expr.result];
    default:
      return [];
  }
}

/** The parts as they are written: of a macro, its range and its arguments. */
export function writtenPartsOf(expr: Expr): readonly Expr[] {
  if (expr.kind !== 'loop') return partsOf(expr);
  return expr.filter === undefined ? [expr.range, expr.body] : [expr.range, expr.filter, expr.body];
}
