/** Expressions with the attributes of an event, for sdk-go to evaluate: every operator and function on every type. */
import { Numbers } from './numbers.ts';

export interface Evaluation {
  readonly expression: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

const EVENT = { id: 'a-1', source: 'https://shop.example/orders', type: 'order.placed' } as const;
const EVENTS: readonly Evaluation['attributes'][] = [
  EVENT,
  { ...EVENT, subject: '42', amount: '120', paid: 'true', region: 'Größe', note: '  a b\u0085', weight: '2147483648' },
  {
    ...EVENT,
    subject: 'ÀÉ',
    amount: -7,
    paid: true,
    region: 'straße',
    note: '',
    weight: '+12',
    time: '2026-03-01T08:00:00Z',
  },
  { ...EVENT, type: 'ORDER', subject: '50%', amount: 0, paid: false, region: 'a_b\\c', note: 'x\u00a0', weight: '1e3' },
];

const ATTRIBUTES = ['subject', 'amount', 'paid', 'region', 'note', 'weight', 'type', 'id', 'source', 'missing'];
const LITERALS = [
  '0',
  '1',
  '-3',
  '2147483647',
  '-2147483648',
  "''",
  "'7'",
  "'-2147483649'",
  "'TRUE'",
  "'é'",
  'true',
  'FALSE',
];
const OPERATORS = ['+', '-', '*', '/', '%', '=', '!=', '<>', '<', '<=', '>', '>=', 'AND', 'OR', 'XOR'];
const PATTERNS = ["'%'", "'_'", "'__'", "'%_e'", "'a\\_b%'", "'50\\%'", "'%é'", "''", "'%a%b%'", "'\\\\_'", "'%ße'"];
const OF_ONE = [
  'INT',
  'BOOL',
  'STRING',
  'IS_INT',
  'IS_BOOL',
  'ABS',
  'LENGTH',
  'CONCAT',
  'LOWER',
  'UPPER',
  'TRIM',
  'CONCAT_WS',
];
const OF_TWO = ['LEFT', 'RIGHT', 'SUBSTRING', 'CONCAT', 'CONCAT_WS', 'NOWHERE'];

export function evaluations(): Evaluation[] {
  const numbers = new Numbers(71);
  const expressions: string[] = [];
  const values = [...ATTRIBUTES, ...LITERALS];
  for (const name of OF_ONE) for (const value of values) expressions.push(`${name}(${value})`);
  for (const name of OF_TWO) {
    for (const value of values) expressions.push(`${name}(${value}, ${numbers.oneOf(LITERALS)})`);
  }
  for (const value of values) {
    expressions.push(
      `-${value}`,
      `EXISTS ${numbers.oneOf(ATTRIBUTES)}`,
      `SUBSTRING(${value}, ${numbers.below(9) - 4}, ${numbers.below(6) - 2})`,
    );
    for (const pattern of PATTERNS) expressions.push(`${value} LIKE ${pattern}`);
  }
  for (let count = 0; count < 900; count++) expressions.push(random(numbers, 3));
  return [...new Set(expressions)].map((expression, index) => ({
    expression,
    attributes: EVENTS[index % EVENTS.length] ?? EVENT,
  }));
}

function random(numbers: Numbers, depth: number): string {
  const inner = () => random(numbers, depth - 1);
  if (depth === 0) return numbers.oneOf(numbers.below(2) === 0 ? ATTRIBUTES : LITERALS);
  switch (numbers.below(12)) {
    case 0:
      return `NOT STRING(${inner()})`;
    case 1:
      return `${inner()} NOT LIKE ${numbers.oneOf(PATTERNS)}`;
    case 2:
      return `(${inner()}) IN (${inner()}, ${inner()})`;
    case 3:
      return `EXISTS ${numbers.oneOf(ATTRIBUTES)}`;
    case 4:
      return `${numbers.oneOf(OF_ONE)}(${inner()})`;
    case 5:
      return `${numbers.oneOf(OF_TWO)}(${inner()}, ${inner()})`;
    default:
      return `(${inner()}) ${numbers.oneOf(OPERATORS)} (${inner()})`;
  }
}
