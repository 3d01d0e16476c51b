/** Walking a parsed CEL expression. */
import type { parse } from '@bufbuild/cel';

export type ParsedExpr = ReturnType<typeof parse>;
export type Expr = NonNullable<ParsedExpr['expr']>;

/** One part of an expression, with the variables that its loop binds for it. */
export interface Part {
  readonly expr: Expr;
  readonly binds: readonly string[];
}

const NOTHING: readonly string[] = [];

/** The parts that an expression is directly made of. */
export function partsOf(expr: Expr): Part[] {
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'selectExpr':
      return parts([exprKind.value.operand]);
    case 'callExpr':
      return parts([exprKind.value.target, ...exprKind.value.args]);
    case 'listExpr':
      return parts(exprKind.value.elements);
    case 'structExpr':
      return exprKind.value.entries.flatMap((entry) =>
        parts([entry.keyKind.case === 'mapKey' ? entry.keyKind.value : undefined, entry.value]),
      );
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result, iterVar, accuVar } = exprKind.value;
      return [...parts([iterRange, accuInit]), ...parts([loopCondition, loopStep, result], [iterVar, accuVar])];
    }
    default:
      return [];
  }
}

function parts(exprs: readonly (Expr | undefined)[], binds: readonly string[] = NOTHING): Part[] {
  return exprs.filter((expr) => expr !== undefined).map((expr) => ({ expr, binds }));
}

/** The part of the expression with the id, or undefined. */
export function findById(root: Expr, id: bigint): Expr | undefined {
  if (root.id === id) return root;
  for (const { expr } of partsOf(root)) {
    const found = findById(expr, id);
    if (found !== undefined) return found;
  }
  return undefined;
}
