/** Why an expression could not be evaluated on an object, in words that lead to a better expression. */
import { type CelError, type CelValue, celType, unparse } from '@bufbuild/cel';
import { type Expr, findById, partsOf } from './ast.ts';
import type { Program } from './program.ts';

/** What the library says without a value of the object in it, which may be a secret. */
const TELLS_NO_VALUE =
  /^(found no matching overload |index \d+ out of bounds |type mismatch: |divi|modul|[a-z]+ overflow)/;

export function explainError(error: CelError, { parsed, source }: Program): string {
  if (parsed.expr === undefined) return 'the expression is empty';
  const at = error.exprId === undefined ? undefined : findById(parsed.expr, error.exprId);
  const field = /^field not found: (.*)$/s.exec(error.message)?.[1];
  if (field === undefined) {
    return TELLS_NO_VALUE.test(error.message) ? error.message : `${written(at) ?? source.trim()} fails on this object`;
  }

  if (at?.exprKind.case === 'selectExpr' && at.exprKind.value.operand !== undefined) {
    const owner = written(at.exprKind.value.operand);
    if (owner === undefined) return `there is no "${field}" in what it looks into; ask first, with has()`;
    return `${owner} has no "${field}"; ask first: has(${owner}.${field}) && …`;
  }
  // of an index, the library says only which variable it began with
  const indexed = findIndexed(parsed.expr, field);
  if (indexed === undefined) return 'a key that it looks up is not there; ask first whether it is, with in or has()';
  const owner = written(indexed);
  if (owner === undefined) return `there is no "${field}" in what it looks into; ask first, with in`;
  return `${owner} has no "${field}"; ask first: ${JSON.stringify(field)} in ${owner} && …`;
}

/** The part as it is written; undefined where a loop is in it, which the library cannot write back. */
function written(part: Expr | undefined): string | undefined {
  try {
    return part === undefined ? undefined : unparse(part);
  } catch {
    return undefined;
  }
}

/** What the expression looks into with the key: of `object.metadata.labels["team"]` the part before the bracket. */
function findIndexed(expr: Expr, key: string): Expr | undefined {
  if (expr.exprKind.case === 'callExpr' && expr.exprKind.value.function === '_[_]') {
    const [owner, index] = expr.exprKind.value.args;
    const constant = index?.exprKind.case === 'constExpr' ? index.exprKind.value.constantKind : undefined;
    if (constant?.case === 'stringValue' && constant.value === key) return owner;
  }
  for (const part of partsOf(expr)) {
    const found = findIndexed(part.expr, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `a text`, `a whole number`: what a value is, for those who do not know CEL's names of types. */
export function typeName(value: CelValue): string {
  const { name } = celType(value);
  return WORDS[name] ?? name;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  uint: 'a whole number',
  double: 'a number',
  list: 'a list',
  map: 'a map',
  null_type: 'null',
  bytes: 'bytes',
  type: 'a type',
};
