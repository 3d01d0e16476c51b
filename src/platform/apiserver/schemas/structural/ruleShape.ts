/** What can be said of rules without compiling them. */
import { isObject, type JsonArray, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { invalidValue, notSupportedValue, requiredValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { childPath, indexPath } from '../paths.ts';
import { normalFieldPath } from '../rules/fieldPath.ts';
import { toSchema } from './convert.ts';
import { textIn } from './json.ts';
import type { Cardinality } from './ruleCosts.ts';

/** Where the rules of a schema stand. */
export interface RulePlace {
  readonly path: string;
  readonly isRoot: boolean;
  /** The place above that makes `oldSelf` impossible. */
  readonly uncorrelated: string | undefined;
  readonly cardinality: Cardinality;
}

export type RuleCheck = (schema: JsonObject, place: RulePlace) => readonly Cause[];

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

export function ruleShapeCauses(schema: JsonObject, rules: JsonArray, path: string): Cause[] {
  const base = childPath(path, 'x-kubernetes-validations');
  return rules.flatMap((rule, index) => shapeCauses(rule, schema, indexPath(base, index)));
}

function shapeCauses(json: JsonValue, schema: JsonObject, path: string): Cause[] {
  const rule = isObject(json) ? json : {};
  const causes: Cause[] = [];
  const [source, message] = [textIn(rule, 'rule').trim(), textIn(rule, 'message')];
  const messagePath = childPath(path, 'message');
  if (source === '') causes.push(requiredValue(childPath(path, 'rule'), 'rule is not specified'));
  else if (message !== '' && message.trim() === '') {
    causes.push(invalidValue(messagePath, message, 'must be non-empty if specified'));
  } else if (message.trim().includes('\n')) {
    causes.push(invalidValue(messagePath, message, 'must not contain line breaks'));
  } else if (source.includes('\n') && message.trim() === '') {
    causes.push(requiredValue(messagePath, 'message must be specified if rule contains line breaks'));
  }
  const messageExpression = textIn(rule, 'messageExpression');
  if (messageExpression !== '' && messageExpression.trim() === '') {
    const detail = 'messageExpression must be non-empty if specified';
    causes.push(requiredValue(childPath(path, 'messageExpression'), detail));
  }
  const { reason } = rule;
  if (reason !== undefined && reason !== null && !REASONS.includes(String(reason))) {
    causes.push(notSupportedValue(childPath(path, 'reason'), reason, REASONS));
  }
  causes.push(...fieldPathCauses(textIn(rule, 'fieldPath'), schema, childPath(path, 'fieldPath')));
  return causes;
}

function fieldPathCauses(fieldPath: string, schema: JsonObject, path: string): Cause[] {
  if (fieldPath === '') return [];
  const causes: Cause[] = [];
  if (fieldPath.trim() === '') causes.push(invalidValue(path, fieldPath, 'must be non-empty if specified'));
  if (fieldPath.includes('\n')) causes.push(invalidValue(path, fieldPath, 'must not contain line breaks'));
  if (normalFieldPath(fieldPath, toSchema(schema)) === undefined) {
    causes.push(invalidValue(path, fieldPath, 'must be a valid path'));
  }
  return causes;
}
