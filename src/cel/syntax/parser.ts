/** From the text of an expression to its tree. */
import { type Expr, SyntaxProblem } from './expr.ts';
import { type Token, tokensOf } from './lexer.ts';
import { macroOf } from './macros.ts';
import { across, balanced, call, type Place } from './nodes.ts';

/** As cel-go bounds it (github.com/google/cel-go parser/options.go); each level is a few calls of this parser. */
const MAX_DEPTH = 250;

const RELATIONS: Readonly<Record<string, string>> = {
  '<': '_<_',
  '<=': '_<=_',
  '>': '_>_',
  '>=': '_>=_',
  '==': '_==_',
  '!=': '_!=_',
  in: '@in',
};
const SUMS: Readonly<Record<string, string>> = { '+': '_+_', '-': '_-_' };
const PRODUCTS: Readonly<Record<string, string>> = { '*': '_*_', '/': '_/_', '%': '_%_' };

/** Words that CEL keeps for itself; a field may have such a name. */
const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

const LARGEST_INT = 2n ** 63n - 1n;
const LARGEST_UINT = 2n ** 64n - 1n;

/** @throws SyntaxProblem */
export function parse(source: string): Expr {
  return new Parser(tokensOf(source)).whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expr {
    const expr = this.#expression();
    const { kind, text, at } = this.#peek();
    if (kind !== 'end') {
      const isOne = this.#tokens[this.#next + 1]?.kind === 'end';
      const problem = isOne ? 'extraneous' : 'mismatched';
      throw new SyntaxProblem(at, `Syntax error: ${problem} input '${text}' expecting <EOF>`);
    }
    return expr;
  }

  #expression(): Expr {
    this.#depth++;
    if (this.#depth > MAX_DEPTH) {
      throw new SyntaxProblem(this.#peek().at, `expression recursion limit exceeded: ${MAX_DEPTH}`);
    }
    const condition = this.#or();
    const question = this.#take('?');
    let expr = condition;
    if (question !== undefined) {
      const then = this.#or();
      this.#need(':');
      const otherwise = this.#expression();
      expr = call('_?_:_', across(question, condition, otherwise), [condition, then, otherwise]);
    }
    this.#depth--;
    return expr;
  }

  #or(): Expr {
    return this.#chain('||', '_||_', () => this.#chain('&&', '_&&_', () => this.#relation()));
  }

  #chain(operator: string, name: string, operand: () => Expr): Expr {
    const operands = [operand()];
    const operators: Token[] = [];
    for (let token = this.#take(operator); token !== undefined; token = this.#take(operator)) {
      operators.push(token);
      operands.push(operand());
    }
    return balanced(name, operators, operands, 0, operators.length);
  }

  #relation(): Expr {
    return this.#binary(RELATIONS, () => this.#binary(SUMS, () => this.#binary(PRODUCTS, () => this.#unary())));
  }

  #binary(operators: Readonly<Record<string, string>>, operand: () => Expr): Expr {
    let expr = operand();
    for (;;) {
      const token = this.#peek();
      const name = Object.hasOwn(operators, token.kind) ? operators[token.kind] : undefined;
      if (name === undefined) return expr;
      this.#next++;
      const right = operand();
      expr = call(name, across(token, expr, right), [expr, right]);
    }
  }

  #unary(): Expr {
    const first = this.#peek();
    if (first.kind !== '!' && first.kind !== '-') return this.#member();
    let count = 0;
    while (this.#take(first.kind) !== undefined) count++;
    const isNumber = first.kind === '-' && this.#isNumber();
    if (isNumber) {
      const negated = count % 2 === 1;
      return this.#memberOf(this.#number(this.#advance(), negated, first.at));
    }
    const expr = this.#member();
    return count % 2 === 0 ? expr : call(first.kind === '!' ? '!_' : '-_', this.#since(first, first.at), [expr]);
  }

  #member(): Expr {
    return this.#memberOf(this.#primary());
  }

  #memberOf(primary: Expr): Expr {
    let expr = primary;
    for (;;) {
      const dot = this.#take('.');
      if (dot !== undefined) {
        const isOptional = this.#take('?') !== undefined;
        const name = this.#advance();
        if (name.kind !== 'name') {
          const found = name.kind === 'end' ? '' : name.text;
          throw new SyntaxProblem(name.at, `Syntax error: no viable alternative at input '.${found}'`);
        }
        const open = isOptional ? undefined : this.#take('(');
        if (open === undefined) {
          const place = this.#since(dot, expr.start);
          expr = { kind: 'select', ...place, operand: expr, field: name.text, isOptional, isTest: false };
        } else {
          const args = this.#items(')');
          const place = this.#since(open, expr.start);
          expr = macroOf(name.text, expr, args, place) ?? call(name.text, place, args, expr);
        }
        continue;
      }
      const bracket = this.#take('[');
      if (bracket === undefined) return expr;
      const isOptional = this.#take('?') !== undefined;
      const index = this.#expression();
      this.#need(']');
      expr = { kind: 'index', ...this.#since(bracket, expr.start), operand: expr, index, isOptional };
    }
  }

  #primary(): Expr {
    const token = this.#advance();
    switch (token.kind) {
      case 'literal':
        return this.#number(token, false, token.at);
      case '-':
        // the sign of a number, behind a `!`
        if (this.#isNumber()) return this.#number(this.#advance(), true, token.at);
        break;
      case 'name':
        return this.#named(token);
      case '.':
        return this.#named(this.#need('name'));
      case '(': {
        const expr = this.#expression();
        this.#need(')');
        return { ...expr, ...this.#since(expr, token.at) };
      }
      case '[':
        return this.#list(token);
      case '{':
        return this.#map(token);
      default:
    }
    throw new SyntaxProblem(
      token.at,
      `Syntax error: mismatched input '${token.text}' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`,
    );
  }

  #isNumber(): boolean {
    const { kind, value } = this.#peek();
    return kind === 'literal' && isNumeric(value);
  }

  #named(token: Token): Expr {
    if (RESERVED.has(token.text)) throw new SyntaxProblem(token.at, `reserved identifier: ${token.text}`);
    const open = this.#take('(');
    if (open !== undefined) {
      const args = this.#items(')');
      const place = this.#since(open, token.at);
      return macroOf(token.text, undefined, args, place) ?? call(token.text, place, args);
    }
    return { kind: 'name', ...this.#since(token, token.at), name: token.text };
  }

  #number({ value, at }: Token, isNegative: boolean, start: number): Expr {
    const place = this.#since({ at: start }, start);
    if (typeof value === 'bigint') {
      const size = isNegative ? -value : value;
      if (size > LARGEST_INT || size < -LARGEST_INT - 1n) throw new SyntaxProblem(start, 'invalid int literal');
      return { kind: 'literal', ...place, value: size };
    }
    if (typeof value === 'number') return { kind: 'literal', ...place, value: isNegative ? -value : value };
    if (isUnsigned(value) && (value.unsigned > LARGEST_UINT || isNegative)) {
      throw new SyntaxProblem(at, 'invalid uint literal');
    }
    return { kind: 'literal', ...place, value: value ?? null };
  }

  #list(open: Token): Expr {
    const items: { value: Expr; isOptional: boolean }[] = [];
    if (this.#peek().kind === ',') this.#next++; // `[,]` is a list of nothing
    while (this.#peek().kind !== ']') {
      const isOptional = this.#take('?') !== undefined;
      items.push({ value: this.#expression(), isOptional });
      if (this.#take(',') === undefined) break;
    }
    this.#need(']');
    return { kind: 'list', ...this.#since(open, open.at), items };
  }

  #map(open: Token): Expr {
    const entries: { key: Expr; value: Expr; isOptional: boolean }[] = [];
    if (this.#peek().kind === ',') this.#next++;
    while (this.#peek().kind !== '}') {
      const isOptional = this.#take('?') !== undefined;
      const key = this.#expression();
      this.#need(':');
      entries.push({ key, value: this.#expression(), isOptional });
      if (this.#take(',') === undefined) break;
    }
    this.#need('}');
    return { kind: 'map', ...this.#since(open, open.at), entries };
  }

  #items(end: string): Expr[] {
    const items: Expr[] = [];
    if (this.#take(end) !== undefined) return items;
    do items.push(this.#expression());
    while (this.#take(',') !== undefined);
    this.#need(end);
    return items;
  }

  /** The place of a part that ends with the last token. */
  #since({ at }: Pick<Token, 'at'>, start: number): Place {
    const last = this.#tokens[this.#next - 1];
    return { at, start, end: last === undefined ? start : last.at + last.text.length };
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '<EOF>', at: 0 };
  }

  #advance(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #take(kind: string): Token | undefined {
    return this.#peek().kind === kind ? this.#advance() : undefined;
  }

  #need(kind: string): Token {
    const token = this.#advance();
    if (token.kind === kind) return token;
    if (token.kind === 'end' && kind !== 'name') {
      throw new SyntaxProblem(token.at, `Syntax error: missing '${kind}' at '<EOF>'`);
    }
    const wanted = kind === 'name' ? 'IDENTIFIER' : `'${kind}'`;
    throw new SyntaxProblem(token.at, `Syntax error: mismatched input '${token.text}' expecting ${wanted}`);
  }
}

function isNumeric(value: Token['value']): boolean {
  return typeof value === 'bigint' || typeof value === 'number';
}

function isUnsigned(value: Token['value']): value is { readonly unsigned: bigint } {
  return typeof value === 'object' && value !== null && 'unsigned' in value;
}
