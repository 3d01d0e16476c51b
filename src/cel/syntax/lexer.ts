/** Splits the text of an expression into tokens (https://github.com/google/cel-spec, doc/langdef.md#syntax). */
import { type Literal, SyntaxProblem } from './expr.ts';
import { readText } from './texts.ts';

export interface Token {
  /** Names and literals by their kind; operators and brackets are their own kind. */
  readonly kind: string;
  readonly text: string;
  readonly at: number;
  readonly value?: Literal;
}

const SPACE = /[\t\n\f\r ]+|\/\/[^\n]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER =
  /(?:0[xX][0-9a-fA-F]+[uU]?)|(?:[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)|(?:[0-9]+[uU]?)/y;
const TEXT_START = /[bB]?[rR]?(?:"""|'''|"|')/y;
const OPERATOR = /&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]{}]/y;

/** @throws SyntaxProblem where something stands that no expression has */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const space = matchAt(SPACE, source, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = textAt(source, at) ?? nameAt(source, at) ?? numberAt(source, at) ?? operatorAt(source, at);
    if (token === undefined) {
      throw new SyntaxProblem(at, `Syntax error: token recognition error at: '${source.charAt(at)}'`);
    }
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: source.length });
  return tokens;
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function textAt(source: string, at: number): Token | undefined {
  const start = matchAt(TEXT_START, source, at);
  if (start === undefined) return undefined;
  const { end, value } = readText(source, at, start);
  return { kind: 'literal', text: source.slice(at, end), at, value };
}

function nameAt(source: string, at: number): Token | undefined {
  const text = matchAt(NAME, source, at);
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return { kind: 'literal', text, at, value: text === 'true' };
  if (text === 'null') return { kind: 'literal', text, at, value: null };
  return { kind: text === 'in' ? 'in' : 'name', text, at };
}

function numberAt(source: string, at: number): Token | undefined {
  const text = matchAt(NUMBER, source, at);
  if (text === undefined) return undefined;
  if (/^0[xX]/.test(text) || /^[0-9]+[uU]?$/.test(text)) {
    const isUnsigned = /[uU]$/.test(text);
    const size = BigInt(isUnsigned ? text.slice(0, -1) : text);
    return { kind: 'literal', text, at, value: isUnsigned ? { unsigned: size } : size };
  }
  return { kind: 'literal', text, at, value: Number(text) };
}

function operatorAt(source: string, at: number): Token | undefined {
  const text = matchAt(OPERATOR, source, at);
  return text === undefined ? undefined : { kind: text, text, at };
}
