/** What is wrong with rules once they are compiled. */
import type { JsonObject } from '../../../../kubernetes/json.ts';
import { goStruct, invalidValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { childPath, indexPath } from '../paths.ts';
import { type CompiledRule, compiledRules } from '../rules/compile.ts';
import type { ValidationRule } from '../schema.ts';
import { toSchema } from './convert.ts';

export function checkRules(
  schema: JsonObject,
  path: string,
  isRoot: boolean,
  uncorrelated: string | undefined,
): Cause[] {
  const converted = toSchema(schema);
  const whole = isRoot ? { ...converted, 'x-kubernetes-embedded-resource': true } : converted;
  const base = childPath(path, 'x-kubernetes-validations');
  return compiledRules(whole).flatMap((rule, index) => causesOf(rule, indexPath(base, index), uncorrelated));
}

function causesOf(compiled: CompiledRule, path: string, uncorrelated: string | undefined): Cause[] {
  const { rule, error, messageError, usesOldSelf } = compiled;
  const causes: Cause[] = [];
  const rulePath = childPath(path, 'rule');
  if (error !== undefined) causes.push(invalidRule(rulePath, rule, error));
  if (messageError !== undefined) {
    causes.push(invalidRule(childPath(path, 'messageExpression'), rule, messageError));
  }
  if (usesOldSelf && uncorrelated !== undefined) {
    const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`;
    causes.push(invalidValue(rulePath, rule.rule, detail));
  } else if (!usesOldSelf && rule.optionalOldSelf !== undefined) {
    const detail = 'may not be set if oldSelf is not used in rule';
    causes.push(invalidValue(childPath(path, 'optionalOldSelf'), rule.optionalOldSelf, detail));
  }
  return causes;
}

/** The rule is shown as Go's own type, with all its fields. */
function invalidRule(field: string, rule: ValidationRule, detail: string): Cause {
  const value = goStruct({
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  });
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${value}: ${detail}` };
}
