/** Expressions of CESQL to compare with sdk-go: sound ones, nearly sound ones and heaps of tokens. The same each time. */
import { Numbers } from './numbers.ts';

const VALUES = ['a', 'b1', 'type', '1', '-2', '+3', "'s'", '"t"', 'TRUE', 'false', 'exists q', 'f_n()'];
const BINARY = ['*', '/', '%', '+', '-', '=', '!=', '<>', '<', '<=', '>', '>=', 'AND', 'or', 'XOR'];

const TOKENS = [
  ...VALUES,
  ...BINARY,
  ...[
    'foo_b',
    '12a',
    "'a''b'",
    '"a\\"b"',
    "'a\\\\'",
    "''",
    "'a\\'b'",
    '"a\'b"',
    '"a""',
    'NOT',
    'not',
    'LIKE',
    'like',
    'EXISTS',
  ],
  ...[
    'IN',
    '(',
    ')',
    '(',
    ')',
    ',',
    'foo(',
    '!',
    '#',
    '_',
    '.',
    '"',
    "'",
    '\\',
    '\u017f',
    '\u0131n',
    '\u00c9',
    '\u{1f600}',
  ],
  ...[
    '\n',
    '\t',
    '\u00a0',
    'in (1,2)',
    "like 'x%'",
    'a = b',
    'not in (a)',
    "not like 'z'",
    'ands',
    'inn',
    'a_1',
    '5-3',
  ],
  ...['(a)', '- 1', '2147483647', '2147483648', '-2147483648', '-2147483649', '007', '==', '=>', '=<', '&&', '||', ';'],
];

const CHARACTERS = [...`'"()!=_-+&|.;,<> 1aNOT\\`];

export function cases(): string[] {
  const numbers = new Numbers(20260);
  const found: string[] = [...TOKENS];
  for (let count = 0; count < 700; count++) found.push(heap(numbers));
  for (let count = 0; count < 500; count++) found.push(sound(numbers, 3));
  for (let count = 0; count < 500; count++) found.push(nearlySound(numbers));
  return found.filter((text) => text !== '');
}

function heap(numbers: Numbers): string {
  let text = '';
  for (let left = 1 + numbers.below(7); left > 0; left--) {
    text += numbers.oneOf(TOKENS) + (numbers.below(4) === 0 ? '' : ' ');
  }
  return text;
}

function sound(numbers: Numbers, depth: number): string {
  const inner = () => sound(numbers, depth - 1);
  if (depth === 0) return numbers.oneOf(VALUES);
  switch (numbers.below(14)) {
    case 0:
      return numbers.oneOf(VALUES);
    case 1:
      return `NOT ${inner()}`;
    case 2:
      return `- ${inner()}`;
    case 3:
      return `${inner()} LIKE 'p%'`;
    case 4:
      return `${inner()} NOT LIKE "q_"`;
    case 5:
      return `${inner()} IN (${inner()}, ${inner()})`;
    case 6:
      return `${inner()} not in (${inner()})`;
    case 7:
      return `(${inner()})`;
    case 8:
      return `F_N(${inner()}, ${inner()})`;
    default:
      return `${inner()} ${numbers.oneOf(BINARY)} ${inner()}`;
  }
}

function nearlySound(numbers: Numbers): string {
  const characters = [...sound(numbers, 2)];
  for (let left = 1 + numbers.below(2); left > 0; left--) {
    const at = numbers.below(characters.length + 1);
    if (numbers.below(2) === 0) characters.splice(at, 1);
    else characters.splice(at, 0, numbers.oneOf(CHARACTERS));
  }
  return characters.join('');
}
