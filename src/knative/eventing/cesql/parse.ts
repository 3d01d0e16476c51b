/**
 * Parses CESQL, the language of a Trigger's `cesql` filters, into a tree; compile.ts makes a function of it.
 *
 * The grammar is that of sdk-go, by which Knative's webhook decides (cloudevents/sdk-go sql/v2 CESQLParser.g4, the same
 * as in cloudevents/spec cesql): it differs from what one may think in that NOT and the minus bind tighter than all
 * else (`NOT a = b` is `(NOT a) = b`), and that AND, OR and XOR are of one rank and bind from the right.
 *
 * @example
 * const parsed = parseCesql("type LIKE 'order.%' AND EXISTS subject");
 * if (parsed.ok) parsed.expression.kind; // 'binary'
 */

import type { BinaryOperator, Expression } from './ast.ts';
import {
  A_VALUE,
  AN_OPERATOR,
  ParseFailure,
  type Problem,
  placeOf,
  shortened,
  unexpected,
  unknownCharacter,
} from './problem.ts';
import { Lexer, type PassedOver, type Token, type TokenType } from './tokens.ts';
import { INTEGER_MAX, INTEGER_MIN } from './value.ts';

export type ParseResult =
  | {
      readonly ok: true;
      readonly expression: Expression;
      /** Characters that mean nothing, which Knative passes over and the specification refuses. */
      readonly passedOver: readonly PassedOver[];
    }
  | { readonly ok: false; readonly problem: Problem };

/** Words, signs and strings in one expression, and characters that are none: a list of 20,000 values is read. */
const MOST_TOKENS = 50_000;

/** Operators and brackets in one expression: the tree is no deeper than that. Values in a list are not counted. */
const MOST_OPERATORS = 1000;

const RANKS: ReadonlyMap<TokenType, readonly [rank: number, BinaryOperator]> = new Map<
  TokenType,
  readonly [number, BinaryOperator]
>([
  ['*', [4, '*']],
  ['/', [4, '/']],
  ['%', [4, '%']],
  ['+', [3, '+']],
  ['-', [3, '-']],
  ['=', [2, '=']],
  ['!=', [2, '!=']],
  ['<>', [2, '!=']],
  ['<', [2, '<']],
  ['<=', [2, '<=']],
  ['>', [2, '>']],
  ['>=', [2, '>=']],
  ['AND', [1, 'AND']],
  ['OR', [1, 'OR']],
  ['XOR', [1, 'XOR']],
]);
const LOGIC_RANK = 1;
const IN_RANK = 5;
const LIKE_RANK = 6;
/** Of what NOT and the minus take: nothing but another of them, or a value. */
const UNARY_RANK = 7;

export function parseCesql(text: string): ParseResult {
  const parser = new Parser(text);
  try {
    return { ok: true, expression: parser.parse(), passedOver: parser.passedOver };
  } catch (error) {
    if (error instanceof ParseFailure) return { ok: false, problem: error.problem };
    throw error;
  }
}

class Parser {
  readonly #text: string;
  readonly #lexer: Lexer;
  /** Those that were looked at. */
  readonly #tokens: Token[] = [];
  #at = 0;
  #operatorsLeft = MOST_OPERATORS;

  constructor(text: string) {
    this.#text = text;
    this.#lexer = new Lexer(text, MOST_TOKENS);
  }

  get passedOver(): readonly PassedOver[] {
    return this.#lexer.passedOver;
  }

  parse(): Expression {
    const expression = this.#expression(LOGIC_RANK);
    if (this.#next.type !== 'end') this.#refuse(AN_OPERATOR);
    return expression;
  }

  get #next(): Token {
    return this.#peek(0);
  }

  #peek(ahead: number): Token {
    const index = this.#at + ahead;
    for (;;) {
      const known = this.#tokens[index];
      if (known !== undefined) return known;
      this.#tokens.push(this.#lexer.next() ?? this.#giveUp(`${MOST_TOKENS} words and signs`));
    }
  }

  #take(): Token {
    const token = this.#next;
    this.#at++;
    return token;
  }

  #takeIf(type: TokenType): boolean {
    if (this.#next.type !== type) return false;
    this.#at++;
    return true;
  }

  /** With operators of the rank and above. */
  #expression(rank: number): Expression {
    let left = this.#operand();
    for (;;) {
      const longer = this.#suffix(left, rank) ?? this.#binary(left, rank);
      if (longer === undefined) return left;
      left = longer;
    }
  }

  #suffix(operand: Expression, rank: number): Expression | undefined {
    const isNegated = this.#next.type === 'NOT';
    const { type } = this.#peek(isNegated ? 1 : 0);
    const isLike = type === 'LIKE' && rank <= LIKE_RANK;
    const isIn = type === 'IN' && rank <= IN_RANK;
    if (!isLike && !isIn) return undefined;

    this.#countOperator();
    this.#at += isNegated ? 2 : 1;
    const { offset } = operand;
    const result: Expression = isLike
      ? { kind: 'like', operand, pattern: this.#pattern(), offset }
      : { kind: 'in', operand, set: this.#set(), offset };
    return isNegated ? { kind: 'not', operand: result, offset } : result;
  }

  #pattern(): string {
    if (this.#next.type !== 'string') this.#refuse("a pattern in quotes, such as 'order.%',");
    return stringValue(this.#take().text);
  }

  #set(): Expression[] {
    const open = this.#next;
    if (!this.#takeIf('(')) this.#refuse('the bracket of a list, such as (1, 2),');
    if (this.#next.type === ')') this.#fail(`the list ${this.#place(open)} is empty; name at least one value`, open);
    return this.#list(open);
  }

  #binary(left: Expression, rank: number): Expression | undefined {
    const found = RANKS.get(this.#next.type);
    if (found === undefined || found[0] < rank) return undefined;

    this.#countOperator();
    this.#at++;
    const [own, operator] = found;
    // Logic binds from the right, all else from the left.
    const right = this.#expression(own === LOGIC_RANK ? own : own + 1);
    return { kind: 'binary', operator, left, right, offset: left.offset };
  }

  #operand(): Expression {
    const { type, text, offset } = this.#next;
    switch (type) {
      case 'NOT':
      case '-':
        this.#countOperator();
        this.#at++;
        return { kind: type === 'NOT' ? 'not' : 'negate', operand: this.#expression(UNARY_RANK), offset };
      case 'EXISTS':
        this.#at++;
        return { kind: 'exists', name: this.#attributeName(), offset };
      case '(':
        return this.#inBrackets();
      case 'TRUE':
      case 'FALSE':
        this.#at++;
        return { kind: 'literal', value: type === 'TRUE', offset };
      case 'string':
        this.#at++;
        return { kind: 'literal', value: stringValue(text), offset };
      case 'integer':
        return { kind: 'literal', value: this.#integer(), offset };
      case 'name':
      case 'function name':
      case 'mixed name':
        if (this.#peek(1).type === '(') return this.#call();
        return { kind: 'attribute', name: this.#attributeName(), offset };
      default:
        return this.#refuse(A_VALUE);
    }
  }

  #inBrackets(): Expression {
    this.#countOperator();
    const open = this.#take();
    if (this.#next.type === ')') this.#fail(`nothing stands in the brackets ${this.#place(open)}`, open);
    const expression = this.#expression(LOGIC_RANK);
    this.#close(open);
    return expression;
  }

  #integer(): number {
    const token = this.#take();
    const value = Number(token.text);
    if (value >= INTEGER_MIN && value <= INTEGER_MAX) return value + 0;
    const range = `${INTEGER_MIN} to ${INTEGER_MAX}`;
    return this.#fail(
      `${shortened(token.text)} ${this.#place(token)} is outside of what an integer holds, ${range}`,
      token,
    );
  }

  #attributeName(): string {
    const { type, text } = this.#next;
    if (type !== 'name' && type !== 'mixed name') this.#refuse('the name of an attribute');
    this.#at++;
    return text.toLowerCase();
  }

  #call(): Expression {
    this.#countOperator();
    const name = this.#take();
    if (name.type === 'mixed name') {
      const message = `${shortened(name.text)} ${this.#place(name)} is the name of no function, which has letters and underscores alone`;
      this.#fail(message, name);
    }
    const open = this.#take();
    const found = this.#takeIf(')') ? [] : this.#list(open);
    return { kind: 'call', name: name.text.toUpperCase(), arguments: found, offset: name.offset };
  }

  /** Behind the opening bracket, up to the closing one. */
  #list(open: Token): Expression[] {
    const found = [this.#expression(LOGIC_RANK)];
    while (this.#takeIf(',')) found.push(this.#expression(LOGIC_RANK));
    this.#close(open);
    return found;
  }

  #close(open: Token): void {
    if (this.#takeIf(')')) return;
    if (this.#next.type === 'end') this.#fail(`the bracket ${this.#place(open)} is not closed`, open);
    this.#refuse('an operator, a comma or a closing bracket');
  }

  #countOperator(): void {
    if (this.#operatorsLeft-- > 0) return;
    this.#giveUp(`${MOST_OPERATORS} operators`);
  }

  #giveUp(most: string): never {
    const message = `the expression has more than ${most}, which is more than Weir reads`;
    throw new ParseFailure({ kind: 'limit', message, offset: this.#tokens.at(-1)?.offset ?? 0 });
  }

  #refuse(wanted: string): never {
    const token = this.#next;
    this.#fail(unexpected(token, this.#tokens[this.#at - 1], wanted, this.#text), token);
  }

  /** What was passed over before is the likelier mistake than what then did not fit. */
  #fail(message: string, { offset }: Token): never {
    const [first] = this.passedOver;
    if (first !== undefined && first.offset < Math.max(offset, this.#next.offset)) {
      const problem = { message: unknownCharacter(first, this.#text), offset: first.offset };
      throw new ParseFailure({ kind: 'syntax', ...problem });
    }
    throw new ParseFailure({ kind: 'syntax', message, offset });
  }

  #place({ offset }: Token): string {
    return placeOf(this.#text, offset);
  }
}

/** Without its quotes. Of escapes only that of the own quote is one; another backslash stays, as LIKE wants it. */
function stringValue(text: string): string {
  const quote = text[0] ?? '';
  return text.slice(1, -1).replaceAll(`\\${quote}`, quote);
}
