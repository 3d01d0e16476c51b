/** Label selectors in their text form, as k8s.io/apimachinery pkg/labels/selector.go reads them. */
import { asString, type JsonObject } from './json.ts';
import { labelValueErrors, qualifiedNameErrors } from './names.ts';

export type LabelOperator = '!' | '!=' | '<' | '=' | '==' | '>' | 'exists' | 'in' | 'notin';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** Whether an object with the labels is selected. */
export function meets(labels: JsonObject, { key, operator, values }: LabelRequirement): boolean {
  const value = Object.hasOwn(labels, key) ? asString(labels[key]) : undefined;
  switch (operator) {
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case '<':
    case '>':
      return value !== undefined && isBeyond(value, operator, values[0] ?? '');
    default:
      return value !== undefined && values.includes(value);
  }
}

const INTEGER = /^[+-]?\d{1,19}$/;

function isBeyond(value: string, operator: '<' | '>', bound: string): boolean {
  if (!INTEGER.test(value) || !INTEGER.test(bound)) return false;
  return operator === '>' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}

/** @throws SelectorFault in Kubernetes' words */
export function parseLabelSelector(text: string): LabelRequirement[] {
  const tokens = tokensOf(text);
  const requirements: LabelRequirement[] = [];
  let at = 0;

  const peek = (): Token => tokens[at] ?? END;
  const take = (): Token => {
    const token = peek();
    at++;
    return token;
  };

  for (;;) {
    const next = peek();
    if (next.kind === 'end') return sorted(requirements);
    if (!startsRequirement(next)) throw wrong(`found '${next.text}', expected: !, identifier, or 'end of string'`);
    requirements.push(parseRequirement(peek, take));

    const separator = take();
    if (separator.kind === 'end') return sorted(requirements);
    if (separator.text !== ',') throw wrong(`found '${separator.text}', expected: ',' or 'end of string'`);
    if (!startsRequirement(peek())) throw wrong(`found '${peek().text}', expected: identifier after ','`);
  }
}

interface Token {
  readonly kind: 'end' | 'error' | 'symbol' | 'word';
  readonly text: string;
}

const END: Token = { kind: 'end', text: '' };
const BINARY = ['in', 'notin', '=', '==', '!=', '<', '>'] as const;
/** In the order in which Kubernetes' sentence names them. */
const BINARY_NAMES = 'in, notin, =, ==, !=, gt, lt';

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [found] of text.matchAll(/[ \t\r\n]+|==|!=|[=!(),<>]|[^=!(),<> \t\r\n]+/g)) {
    if (/^[ \t\r\n]/.test(found)) continue;
    tokens.push({ kind: /^[=!(),<>]/.test(found) ? 'symbol' : 'word', text: found });
  }
  return tokens;
}

function startsRequirement({ kind, text }: Token): boolean {
  return kind === 'word' || text === '!';
}

function parseRequirement(peek: () => Token, take: () => Token): LabelRequirement {
  let token = take();
  const isNegated = token.text === '!' && token.kind === 'symbol';
  if (isNegated) token = take();
  if (token.kind !== 'word') throw wrongRequirement(`found '${token.text}', expected: identifier`);

  const key = token.text;
  const faults = qualifiedNameErrors(key);
  if (faults.length > 0) throw wrongRequirement(`<nil>: Invalid value: ${JSON.stringify(key)}: ${faults.join('; ')}`);

  if (isNegated) return { key, operator: '!', values: [] };
  const next = peek();
  if (next.kind === 'end' || next.text === ',') return { key, operator: 'exists', values: [] };

  const operator = binaryOf(take());
  const isSet = operator === 'in' || operator === 'notin';
  const values = [...new Set(isSet ? parseSet(peek, take) : [parseValue(peek, take)])].sort();
  return checked({ key, operator, values });
}

function binaryOf({ text }: Token): (typeof BINARY)[number] {
  const operator = BINARY.find((each) => each === text);
  if (operator === undefined) throw wrongRequirement(`found '${text}', expected: ${BINARY_NAMES}`);
  return operator;
}

function parseValue(peek: () => Token, take: () => Token): string {
  if (peek().kind === 'end' || peek().text === ',') return '';
  const { kind, text } = take();
  if (kind !== 'word') throw wrongRequirement(`found '${text}', expected: identifier`);
  return text;
}

/** `(a,b)`; nothing between two commas is an empty value. */
function parseSet(peek: () => Token, take: () => Token): string[] {
  const open = take();
  if (open.text !== '(') throw wrongRequirement(`found '${open.text}' expected: '('`);
  if (peek().text === ')') {
    take();
    return [''];
  }
  if (peek().kind !== 'word' && peek().text !== ',') {
    throw wrongRequirement(`found '${peek().text}', expected: ',', ')' or identifier`);
  }

  const values: string[] = [];
  let value: string | undefined;
  for (;;) {
    const { kind, text } = take();
    if (text === ')' || text === ',') values.push(value ?? '');
    if (text === ')') return values;
    if (text === ',') {
      value = undefined;
      continue;
    }
    if (value !== undefined) throw wrongRequirement(`found '${text}', expected: ',' or ')'`);
    if (kind !== 'word') throw wrongRequirement(`found '${text}', expected: ',', or identifier`);
    value = text;
  }
}

function checked(requirement: LabelRequirement): LabelRequirement {
  const { key, operator, values } = requirement;
  if ((operator === '<' || operator === '>') && !INTEGER.test(values[0] ?? '')) {
    const why = `for 'Gt', 'Lt' operators, the value must be an integer`;
    throw wrongRequirement(`values[0]: Invalid value: ${JSON.stringify(values[0] ?? '')}: ${why}`);
  }
  for (const [index, value] of values.entries()) {
    const faults = labelValueErrors(value);
    if (faults.length === 0) continue;
    throw wrongRequirement(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${faults.join('; ')}`);
  }
  return requirement;
}

function sorted(requirements: LabelRequirement[]): LabelRequirement[] {
  return requirements.sort((left, right) => (left.key < right.key ? -1 : Number(left.key > right.key)));
}

/** The text is no label selector; the message says why. */
export class SelectorFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SelectorFault';
  }
}

function wrong(why: string): Error {
  return new SelectorFault(why);
}

function wrongRequirement(why: string): Error {
  return new SelectorFault(`unable to parse requirement: ${why}`);
}
