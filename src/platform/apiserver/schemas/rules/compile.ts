/** The rules of a schema, compiled once (k8s.io/apiextensions-apiserver pkg/apiserver/schema/cel/compilation.go). */
import type { Type } from '../../../../cel/check/types.ts';
import { compile, type Program } from '../../../../cel/program.ts';
import type { Schema, ValidationRule } from '../schema.ts';
import { normalFieldPath } from './fieldPath.ts';
import { celType } from './types.ts';

export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program: Program | undefined;
  /** Why there is no program. */
  readonly error: string | undefined;
  readonly message: Program | undefined;
  readonly messageError: string | undefined;
  readonly usesOldSelf: boolean;
  /** Below where the rule stands; empty where it means the place itself. */
  readonly fieldPath: string;
}

const compiled = new WeakMap<Schema, readonly CompiledRule[]>();

/** @param schema with `x-kubernetes-embedded-resource` where it is that of a whole object */
export function compiledRules(schema: Schema): readonly CompiledRule[] {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const self = celType(schema);
  const rules = (schema['x-kubernetes-validations'] ?? []).map((rule) => compileRule(rule, schema, self));
  compiled.set(schema, rules);
  return rules;
}

function compileRule(rule: ValidationRule, schema: Schema, self: Type | undefined): CompiledRule {
  const none = { rule, program: undefined, error: undefined, message: undefined, messageError: undefined };
  const fieldPath = normalFieldPath(rule.fieldPath ?? '', schema) ?? '';
  if (rule.rule.trim() === '') return { ...none, usesOldSelf: false, fieldPath };
  if (self === undefined) {
    const error = 'failed to convert to declType for CEL validation rules';
    return { ...none, error, usesOldSelf: false, fieldPath };
  }

  const oldSelf: Type = rule.optionalOldSelf === true ? { kind: 'optional', of: self } : self;
  const variables = { self, oldSelf };
  const main = compile(rule.rule, { variables, result: 'bool' });
  if (!main.ok)
    return { ...none, error: compileError(main.message, 'cel expression', 'bool'), usesOldSelf: false, fieldPath };

  const usesOldSelf = main.program.used.has('oldSelf');
  const withRule = { ...none, program: main.program, usesOldSelf, fieldPath };
  const { messageExpression = '' } = rule;
  if (messageExpression.trim() === '') return withRule;
  const message = compile(messageExpression, { variables, result: 'string' });
  if (message.ok) return { ...withRule, message: message.program };
  const messageError = compileError(message.message, 'messageExpression', 'string');
  return { ...withRule, messageError: messageError.replace(/^compilation/, 'messageExpression compilation') };
}

function compileError(message: string, what: string, type: string): string {
  if (message.startsWith('must evaluate to')) return `${what} must evaluate to a ${type}`;
  if (message.startsWith('program instantiation failed')) {
    return what === 'messageExpression' ? message.replace('program', what) : message;
  }
  return `compilation failed: ${message}`;
}
