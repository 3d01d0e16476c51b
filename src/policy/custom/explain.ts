/** Why an expression could not be evaluated on an object, in words that lead to a better expression. */
import { showType, type Type } from '../../cel/check/types.ts';
import type { Outcome, Program } from '../../cel/program.ts';
import type { CallExpr, Expr, IndexExpr, LoopExpr, SelectExpr } from '../../cel/syntax/expr.ts';
import { writtenPartsOf } from '../../cel/syntax/walk.ts';
import type { FailedPart } from '../../cel/values/failure.ts';
import { type CelValue, isList, isMap, typeNameOf } from '../../cel/values/value.ts';
import { MAX_COST } from './limits.ts';

type Failure = Extract<Outcome, { readonly ok: false }>;

/** What can be told of a failure: no value of the object is in it, which may be a secret. */
const TELLS_NO_VALUE =
  /^(division by zero|modulus by zero|(unsigned )?integer overflow|(timestamp|duration) overflow|optional\.none\(\) dereference)$/;

export function explainFailure({ message, isCostExceeded, part }: Failure, { source }: Program): string {
  if (isCostExceeded) return `the expression costs more than ${MAX_COST.toLocaleString('en')} on this object`;
  if (part === undefined) return failing(source, message);
  if (part.wants !== undefined) {
    const [value = null] = part.operands;
    return `${written(part.expr, source) ?? 'a part of it'} is ${valueWords(value)}, and must be true or false`;
  }
  switch (part.expr.kind) {
    case 'select':
      return missingField(part.expr, part.operands, source);
    case 'index':
      return missingItem(part.expr, part, source, message);
    case 'call':
      if (message === 'no such overload') return wrongTypes(part.expr, part.operands);
      return failing(textOf(part.expr, source), message);
    case 'loop':
      return noRange(part.expr, part.operands, source, message);
    default:
      return failing(textOf(part.expr, source), message);
  }
}

function failing(text: string, message: string): string {
  return `${text.trim()} fails on this object${TELLS_NO_VALUE.test(message) ? `: ${message}` : ''}`;
}

function missingField({ operand, field }: SelectExpr, [owner = null]: readonly CelValue[], source: string): string {
  const text = written(operand, source);
  if (!isMap(owner)) {
    if (text === undefined) return `what it looks into for "${field}" is ${valueWords(owner)}, and has no fields`;
    if (owner === null) return `${text} is null, and has no "${field}"; ask first: ${text} != null && …`;
    return `${text} is ${valueWords(owner)}, and has no "${field}"`;
  }
  if (text === undefined) return `there is no "${field}" in what it looks into; ask first, with has()`;
  return `${text} has no "${field}"; ask first: has(${text}.${field}) && …`;
}

function missingItem(expr: IndexExpr, { operands }: FailedPart, source: string, message: string): string {
  const [owner = null] = operands;
  const text = written(expr.operand, source);
  const key = expr.index.kind === 'literal' ? expr.index.value : undefined;
  if (isList(owner)) {
    if (typeof key !== 'bigint' || text === undefined || !message.startsWith('index out of bounds')) {
      return `${textOf(expr, source)} asks for an item that is not there; ask first how many there are, with size()`;
    }
    return `${text} has no item ${key}; ask first: ${text}.size() > ${key} && …`;
  }
  if (!isMap(owner)) return `${text ?? 'what it looks into'} is ${valueWords(owner)}, and has no items`;
  if (typeof key !== 'string') {
    return 'a key that it looks up is not there; ask first whether it is, with in or has()';
  }
  if (text === undefined) return `there is no "${key}" in what it looks into; ask first, with in`;
  return `${text} has no "${key}"; ask first: ${JSON.stringify(key)} in ${text} && …`;
}

function noRange(expr: LoopExpr, [range]: readonly CelValue[], source: string, message: string): string {
  const text = written(expr.range, source);
  if (range === undefined || text === undefined) return failing(textOf(expr, source), message);
  return `${text} is ${valueWords(range)}, and only a list or a map can be gone through`;
}

/** Names of types as CEL has them, since that is what is looked up: string(…), int(…). */
function wrongTypes({ name, target }: CallExpr, operands: readonly CelValue[]): string {
  const [first, ...rest] = operands.map(typeNameOf);
  const isMethod = target !== undefined && operands.length > 0;
  const applied = isMethod ? `${first}.(${rest.join(', ')})` : `(${operands.map(typeNameOf).join(', ')})`;
  return `found no matching overload for '${name}' applied to '${applied}'`;
}

const LONGEST_QUOTE = 80;

/** The part as it is written; undefined where it is long, or a loop is in it, of which another look makes no sense. */
function written(part: Expr, source: string): string | undefined {
  const text = textOf(part, source);
  return text.length > LONGEST_QUOTE || hasLoop(part) ? undefined : text;
}

function textOf({ start, end }: Expr, source: string): string {
  return source.slice(start, end).replaceAll(/\s*\n\s*/g, ' ');
}

function hasLoop(part: Expr): boolean {
  return part.kind === 'loop' || writtenPartsOf(part).some(hasLoop);
}

/** `a text`, `a whole number`: what a value is, for those who do not know CEL's names of types. */
export function valueWords(value: CelValue): string {
  return wordsFor(typeNameOf(value));
}

export function typeWords(type: Type): string {
  if (type.kind === 'plain') return wordsFor(type.name);
  return type.kind === 'object' ? 'an object' : wordsFor(showType(type).replace(/\(.*$/, ''));
}

function wordsFor(name: string): string {
  return WORDS[name] ?? name;
}

const WORDS: Readonly<Record<string, string | undefined>> = {
  dyn: 'anything',
  bool: 'true or false',
  string: 'a text',
  int: 'a whole number',
  uint: 'a whole number without a sign',
  double: 'a number',
  list: 'a list',
  map: 'a map',
  null: 'null',
  null_type: 'null',
  bytes: 'bytes',
  type: 'a type',
  optional_type: 'an optional value',
  timestamp: 'a moment',
  duration: 'a length of time',
  'google.protobuf.Timestamp': 'a moment',
  'google.protobuf.Duration': 'a length of time',
  'kubernetes.Quantity': 'a quantity',
  'kubernetes.URL': 'a URL',
  'kubernetes.Semver': 'a version',
  'net.IP': 'an IP address',
  'net.CIDR': 'a network',
};
