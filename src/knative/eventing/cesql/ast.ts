/** What an expression of CESQL says, as a tree. */

interface Node {
  /** Where it begins in the expression's text, in UTF-16 code units. */
  readonly offset: number;
}

/** A text, a signed 32-bit integer, or a truth value. */
export interface Literal extends Node {
  readonly kind: 'literal';
  readonly value: string | number | boolean;
}

/** The value of a context attribute or an extension. */
export interface Attribute extends Node {
  readonly kind: 'attribute';
  /** In lower case, as CloudEvents names attributes. */
  readonly name: string;
}

/** Whether the event has the attribute. */
export interface Exists extends Node {
  readonly kind: 'exists';
  readonly name: string;
}

/** `NOT x` and `-x`; `x NOT LIKE …` and `x NOT IN …` are a `not` around the other. */
export interface Unary extends Node {
  readonly kind: 'not' | 'negate';
  readonly operand: Expression;
}

/** The pattern as it is written: `%` is any text, `_` any character, and a backslash takes both by their letter. */
export interface Like extends Node {
  readonly kind: 'like';
  readonly operand: Expression;
  readonly pattern: string;
}

export interface In extends Node {
  readonly kind: 'in';
  readonly operand: Expression;
  /** At least one. */
  readonly set: readonly Expression[];
}

/** `<>` is read as `!=`. */
export type BinaryOperator = '*' | '/' | '%' | '+' | '-' | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'AND' | 'OR' | 'XOR';

export interface Binary extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** A call of a function, known or not: which there are is a matter of evaluation. */
export interface Call extends Node {
  readonly kind: 'call';
  /** In upper case. */
  readonly name: string;
  readonly arguments: readonly Expression[];
}

export type Expression = Literal | Attribute | Exists | Unary | Like | In | Binary | Call;
