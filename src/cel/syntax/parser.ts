/** From the text of an expression to its tree. */
import { type Expr, SyntaxProblem } from './expr.ts';
import { type Token, tokensOf } from './lexer.ts';
import { macroOf } from './macros.ts';

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
    if (kind !== 'end') throw new SyntaxProblem(at, `Syntax error: mismatched input '${text}' expecting <EOF>`);
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
      expr = call('_?_:_', question.at, [condition, then, this.#expression()]);
    }
    this.#depth--;
    return expr;
  }

  #or(): Expr {
    return this.#chain('||', '_||_', () => this.#chain('&&', '_&&_', () => this.#relation()));
  }

  #chain(operator: string, name: string, operand: () => Expr): Expr {
    let expr = operand();
    for (let token = this.#take(operator); token !== undefined; token = this.#take(operator)) {
      expr = call(name, token.at, [expr, operand()]);
    }
    return expr;
  }

  #relation(): Expr {
    return this.#binary(RELATIONS, () => this.#binary(SUMS, () => this.#binary(PRODUCTS, () => this.#unary())));
  }

  #binary(operators: Readonly<Record<string, string>>, operand: () => Expr): Expr {
    let expr = operand();
    for (;;) {
      const { kind, at } = this.#peek();
      const name = Object.hasOwn(operators, kind) ? operators[kind] : undefined;
      if (name === undefined) return expr;
      this.#next++;
      expr = call(name, at, [expr, operand()]);
    }
  }

  #unary(): Expr {
    const first = this.#peek();
    if (first.kind !== '!' && first.kind !== '-') return this.#member();
    let count = 0;
    while (this.#take(first.kind) !== undefined) count++;
    const operand = this.#peek();
    const isNumber = first.kind === '-' && operand.kind === 'literal' && isNumeric(operand.value);
    if (isNumber) {
      const negated = count % 2 === 1;
      return this.#memberOf(this.#number(this.#advance(), negated));
    }
    const expr = this.#member();
    return count % 2 === 0 ? expr : call(first.kind === '!' ? '!_' : '-_', first.at, [expr]);
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
        if (name.kind !== 'name' && name.kind !== 'in') {
          throw new SyntaxProblem(name.at, `Syntax error: mismatched input '${name.text}' expecting IDENTIFIER`);
        }
        const open = isOptional ? undefined : this.#take('(');
        if (open === undefined) {
          expr = { kind: 'select', at: dot.at, operand: expr, field: name.text, isOptional, isTest: false };
        } else {
          const args = this.#items(')');
          expr = macroOf(name.text, expr, args, open.at) ?? call(name.text, open.at, args, expr);
        }
        continue;
      }
      const bracket = this.#take('[');
      if (bracket === undefined) return expr;
      const isOptional = this.#take('?') !== undefined;
      const index = this.#expression();
      this.#need(']');
      expr = { kind: 'index', at: bracket.at, operand: expr, index, isOptional };
    }
  }

  #primary(): Expr {
    const token = this.#advance();
    switch (token.kind) {
      case 'literal':
        return this.#number(token, false);
      case 'name':
        return this.#named(token);
      case '.':
        return this.#named(this.#need('name'));
      case '(': {
        const expr = this.#expression();
        this.#need(')');
        return expr;
      }
      case '[':
        return this.#list(token);
      case '{':
        return this.#map(token);
      default:
        throw new SyntaxProblem(
          token.at,
          `Syntax error: mismatched input '${token.text}' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`,
        );
    }
  }

  #named(token: Token): Expr {
    const open = this.#take('(');
    if (open !== undefined) {
      const args = this.#items(')');
      return macroOf(token.text, undefined, args, open.at) ?? call(token.text, open.at, args);
    }
    return { kind: 'name', at: token.at, name: token.text };
  }

  #number({ value, at, text }: Token, isNegative: boolean): Expr {
    if (typeof value === 'bigint') {
      const size = isNegative ? -value : value;
      if (size > LARGEST_INT || size < -LARGEST_INT - 1n)
        throw new SyntaxProblem(at, 'Syntax error: invalid int literal');
      return { kind: 'literal', at, value: size };
    }
    if (typeof value === 'number') return { kind: 'literal', at, value: isNegative ? -value : value };
    if (isUnsigned(value) && (value.unsigned > LARGEST_UINT || isNegative)) {
      throw new SyntaxProblem(at, `Syntax error: invalid uint literal ${text}`);
    }
    return { kind: 'literal', at, value: value ?? null };
  }

  #list(open: Token): Expr {
    const items: { value: Expr; isOptional: boolean }[] = [];
    while (this.#peek().kind !== ']') {
      const isOptional = this.#take('?') !== undefined;
      items.push({ value: this.#expression(), isOptional });
      if (this.#take(',') === undefined) break;
    }
    this.#need(']');
    return { kind: 'list', at: open.at, items };
  }

  #map(open: Token): Expr {
    const entries: { key: Expr; value: Expr; isOptional: boolean }[] = [];
    while (this.#peek().kind !== '}') {
      const isOptional = this.#take('?') !== undefined;
      const key = this.#expression();
      this.#need(':');
      entries.push({ key, value: this.#expression(), isOptional });
      if (this.#take(',') === undefined) break;
    }
    this.#need('}');
    return { kind: 'map', at: open.at, entries };
  }

  #items(end: string): Expr[] {
    const items: Expr[] = [];
    if (this.#take(end) !== undefined) return items;
    do items.push(this.#expression());
    while (this.#take(',') !== undefined);
    this.#need(end);
    return items;
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
    const wanted = kind === 'name' ? 'IDENTIFIER' : `'${kind}'`;
    throw new SyntaxProblem(token.at, `Syntax error: mismatched input '${token.text}' expecting ${wanted}`);
  }
}

function call(name: string, at: number, args: readonly Expr[], target?: Expr): Expr {
  return { kind: 'call', at, name, target, args };
}

function isNumeric(value: Token['value']): boolean {
  return typeof value === 'bigint' || typeof value === 'number';
}

function isUnsigned(value: Token['value']): value is { readonly unsigned: bigint } {
  return typeof value === 'object' && value !== null && 'unsigned' in value;
}
