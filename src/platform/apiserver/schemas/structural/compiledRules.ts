/** What is wrong with rules once they are compiled. */
import type { JsonObject } from '../../../../kubernetes/json.ts';
import { invalidValue } from '../../status/causes.ts';
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
  if (error !== undefined) causes.push(invalidValue(rulePath, written(rule), error));
  if (messageError !== undefined) {
    causes.push(invalidValue(childPath(path, 'messageExpression'), written(rule), messageError));
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

/** As Go's own type is shown, with all its fields. */
function written({ rule, message, messageExpression, reason, fieldPath, optionalOldSelf }: ValidationRule): JsonObject {
  return {
    Rule: rule,
    Message: message ?? '',
    MessageExpression: messageExpression ?? '',
    Reason: reason ?? null,
    FieldPath: fieldPath ?? '',
    OptionalOldSelf: optionalOldSelf ?? null,
  };
}
