/** Why an expression could not be evaluated on an object, in words that lead to a better expression. */
import { type CelError, type CelValue, celType, unparse } from '@bufbuild/cel';
import { findById } from './ast.ts';
import type { Program } from './program.ts';

export function explainError(error: CelError, program: Program): string {
  const root = program.parsed.expr;
  const at = root === undefined || error.exprId === undefined ? undefined : findById(root, error.exprId);
  const field = /^field not found: (.*)$/s.exec(error.message)?.[1];
  if (at === undefined || field === undefined) return error.message;

  if (at.exprKind.case === 'selectExpr' && at.exprKind.value.operand !== undefined) {
    const owner = unparse(at.exprKind.value.operand);
    return `${owner} has no "${field}"; ask first: has(${owner}.${field}) && …`;
  }
  const owner = unparse(at);
  return `${owner} has no "${field}"; ask first: ${JSON.stringify(field)} in ${owner} && …`;
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
