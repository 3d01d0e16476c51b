/** A part of an expression as functions see it whose costs are estimated. */
import type { Type } from '../check/types.ts';
import type { Overload } from '../functions/signatures.ts';
import type { Expr } from '../syntax/expr.ts';
import type { Path } from './path.ts';
import type { Range } from './range.ts';

export interface CostNode {
  /** Empty where it is not reached from a variable. */
  readonly path: Path;
  readonly type: Type;
  /** Undefined of what is in a list. */
  readonly expr: Expr | undefined;
  /** Undefined where nothing is known of its size. */
  readonly size: Range | undefined;
}

export interface Call {
  readonly expr: Expr;
  readonly name: string;
  readonly overload: Overload;
  readonly target: CostNode | undefined;
  readonly args: readonly CostNode[];
}

export interface Estimate {
  readonly cost: Range;
  /** Of what the call gives, where that is a text, bytes, a list or a map. */
  readonly size?: Range;
}

/** The size of a part, which may be unknown. */
export type SizeOf = (node: CostNode) => Range;
