/** A parsed expression of CEL (https://cel.dev), with its macros as what they are: loops, and questions for a field. */

export type Literal = null | boolean | string | bigint | number | Uint8Array | { readonly unsigned: bigint };

export type Macro =
  | 'all'
  | 'exists'
  | 'existsOne'
  | 'filter'
  | 'map'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'sortBy'
  | 'optMap'
  | 'optFlatMap';

interface Node {
  /** Where it begins in the text, in UTF-16 code units; for an operator, where the operator stands. */
  readonly at: number;
  /** All of it, as it is written; of what a macro is made of, the whole macro. */
  readonly start: number;
  readonly end: number;
}

export interface LiteralExpr extends Node {
  readonly kind: 'literal';
  readonly value: Literal;
}

export interface NameExpr extends Node {
  readonly kind: 'name';
  readonly name: string;
}

/** `operand.field`, `operand.?field`, and `has(operand.field)`. */
export interface SelectExpr extends Node {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  readonly isOptional: boolean;
  readonly isTest: boolean;
}

/** `operand[index]`, `operand[?index]`. */
export interface IndexExpr extends Node {
  readonly kind: 'index';
  readonly operand: Expr;
  readonly index: Expr;
  readonly isOptional: boolean;
}

/** A function, a method, or an operator by its name in CEL: `_+_`, `_in_` is `@in`, `_?_:_`. */
export interface CallExpr extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly target: Expr | undefined;
  readonly args: readonly Expr[];
}

export interface ListExpr extends Node {
  readonly kind: 'list';
  readonly items: readonly { readonly value: Expr; readonly isOptional: boolean }[];
}

export interface MapExpr extends Node {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: Expr; readonly value: Expr; readonly isOptional: boolean }[];
}

/** A macro that binds variables. */
export interface LoopExpr extends Node {
  readonly kind: 'loop';
  readonly macro: Macro;
  readonly range: Expr;
  /** One, or two: the index and the item of a list, the key and the value of a map. */
  readonly variables: readonly string[];
  /** Of `map` and `transform…` with a condition. */
  readonly filter: Expr | undefined;
  readonly body: Expr;
  /**
   * What the macro stands for, which is what is checked and what costs are estimated of. Its parts are the same objects
   * as those above, so that what is known of a part is known of it in both.
   */
  readonly expansion: Expr;
}

/** Goes through the range, and carries a value from turn to turn. No text is parsed as one: macros stand for them. */
export interface FoldExpr extends Node {
  readonly kind: 'fold';
  readonly range: Expr;
  readonly variables: readonly string[];
  /** The name of what is carried, and what it is at first. */
  readonly accumulator: string;
  readonly init: Expr;
  /** False ends it. */
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

export type Expr =
  | LiteralExpr
  | NameExpr
  | SelectExpr
  | IndexExpr
  | CallExpr
  | ListExpr
  | MapExpr
  | LoopExpr
  | FoldExpr;

/** The text is no CEL. */
export class SyntaxProblem extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.name = 'SyntaxProblem';
    this.at = at;
  }
}
