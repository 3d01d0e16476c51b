/** What is wrong with rules once they are compiled. */
import { estimateCost } from '../../../../cel/cost/estimate.ts';
import type { JsonObject } from '../../../../kubernetes/json.ts';
import { goStruct, invalidValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { childPath, indexPath } from '../paths.ts';
import { type CompiledRule, compiledRules } from '../rules/compile.ts';
import { LARGEST_REQUEST, sizesOf } from '../rules/sizes.ts';
import type { Schema, ValidationRule } from '../schema.ts';
import { toSchema } from './convert.ts';
import { type Cardinality, product, type TotalCost } from './ruleCosts.ts';
import type { RulePlace } from './ruleShape.ts';

export function checkRules(schema: JsonObject, place: RulePlace, total: TotalCost): Cause[] {
  const converted = toSchema(schema);
  const whole = place.isRoot ? { ...converted, 'x-kubernetes-embedded-resource': true } : converted;
  const base = childPath(place.path, 'x-kubernetes-validations');
  return compiledRules(whole).flatMap((rule, index) => {
    const path = indexPath(base, index);
    return [...costCauses(rule, whole, path, place.cardinality, total), ...causesOf(rule, path, place.uncorrelated)];
  });
}

function costCauses(
  { program, message }: CompiledRule,
  schema: Schema,
  path: string,
  cardinality: Cardinality,
  total: TotalCost,
): Cause[] {
  const sizes = sizesOf(schema);
  if (program === undefined || sizes === undefined) return [];
  const count = cardinality ?? BigInt(Math.floor(LARGEST_REQUEST / (sizes.least + 1)));
  const cost = product(estimateCost(program.expr, program.checked, sizes).max, count);
  const causes = total.add(childPath(path, 'rule'), 'estimated rule cost', cost);
  if (message === undefined) return causes;
  const { max } = estimateCost(message.expr, message.checked, sizes);
  const messagePath = childPath(path, 'messageExpression');
  return [...causes, ...total.add(messagePath, 'estimated messageExpression cost', max)];
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
