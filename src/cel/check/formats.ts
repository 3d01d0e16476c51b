/** Whether the values of a `format` fit its text, where both stand in the expression (cel-go ext/formatting.go). */
import { type Clause, formatPieces, wrongValue } from '../functions/formatText.ts';
import type { CallExpr, Expr } from '../syntax/expr.ts';
import type { CheckProblem } from './problem.ts';
import { DYN, isDyn, type Type } from './types.ts';

/** Undefined where nothing is wrong, or nothing is known. */
export function formatProblem(
  { name, target, args, at }: CallExpr,
  types: ReadonlyMap<Expr, Type>,
): CheckProblem | undefined {
  const [list] = args;
  if (name !== 'format' || target?.kind !== 'literal' || typeof target.value !== 'string') return undefined;
  if (list?.kind !== 'list') return undefined;
  const values = list.items.map(({ value }) => value);
  let next = 0;
  for (const piece of formatPieces(target.value)) {
    if (piece.kind === 'text') continue;
    const value = values[next];
    if (piece.kind === 'problem') return { at, message: piece.message };
    if (value === undefined) return { at, message: `index ${next} out of range` };
    const wrong = misfit(piece.clause, value, types);
    if (wrong !== undefined) {
      return { at: wrong.at, message: wrongValue(piece.clause, typeName(types.get(wrong) ?? DYN)) };
    }
    next++;
  }
  if (values.length <= next) return undefined;
  const message = `too many arguments supplied to string.format (expected ${next}, got ${values.length})`;
  return { at, message };
}

const WHOLE = ['int', 'uint'];
const HEX = [...WHOLE, 'string', 'bytes'];
const DOUBLE = ['double', 'string'];

const TAKEN: Readonly<Record<Clause, readonly string[]>> = {
  s: [
    ...HEX,
    'double',
    'bool',
    'google.protobuf.Timestamp',
    'google.protobuf.Duration',
    'type',
    'null_type',
    'list',
    'map',
  ],
  d: WHOLE,
  f: DOUBLE,
  e: DOUBLE,
  b: [...WHOLE, 'bool'],
  o: WHOLE,
  x: HEX,
  X: HEX,
};

/** The part that the clause does not take: of a text clause, one inside of a list or a map too. */
function misfit(clause: Clause, value: Expr, types: ReadonlyMap<Expr, Type>): Expr | undefined {
  const type = types.get(value) ?? DYN;
  if (!isDyn(type) && !TAKEN[clause].includes(typeName(type))) return value;
  if (clause !== 's') return undefined;
  const inner =
    value.kind === 'list'
      ? value.items.map((item) => item.value)
      : value.kind === 'map'
        ? value.entries.flatMap((entry) => [entry.key, entry.value])
        : [];
  for (const part of inner) {
    const wrong = misfit(clause, part, types);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const LONG_NAMES: Readonly<Record<string, string | undefined>> = {
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
};

function typeName(type: Type): string {
  switch (type.kind) {
    case 'plain':
    case 'object':
      return LONG_NAMES[type.name] ?? type.name;
    case 'optional':
      return 'optional_type';
    case 'letter':
      return 'dyn';
    default:
      return type.kind;
  }
}
