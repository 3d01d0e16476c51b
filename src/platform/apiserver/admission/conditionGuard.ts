/**
 * Refuses webhook configurations whose conditions could not be asked
 * (k8s.io/kubernetes pkg/apis/admissionregistration/validation/validation.go, validateMatchConditions).
 */
import { arrayAt, type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import { qualifiedNameErrors } from '../../../kubernetes/names.ts';
import { duplicateValue, invalidValue, requiredValue } from '../status/causes.ts';
import { type Cause, invalid } from '../status/failure.ts';
import type { AdmissionAttributes } from './admission.ts';
import type { ConditionCompiler } from './conditions.ts';

const KINDS: readonly string[] = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];
const GROUP = 'admissionregistration.k8s.io';
const MAX_CONDITIONS = 64;

/** @returns a guard of the pipeline, which throws Failure 422 */
export function conditionGuard(compile: ConditionCompiler): (attributes: AdmissionAttributes) => void {
  return ({ resource, object, old, name }) => {
    if (object === undefined || resource.group !== GROUP || !KINDS.includes(resource.kind)) return;
    const known = new Set(expressionsOf(old));
    const causes = arrayAt(object, 'webhooks').flatMap((webhook, index) =>
      conditionCauses(arrayAt(webhook, 'matchConditions'), `webhooks[${index}].matchConditions`, (expression) => {
        if (!known.has(expression)) compile(expression);
      }),
    );
    if (causes.length > 0) throw invalid(resource, name, causes);
  };
}

function expressionsOf(configuration: JsonObject | undefined): (string | undefined)[] {
  return arrayAt(configuration, 'webhooks').flatMap((webhook) =>
    arrayAt(webhook, 'matchConditions').map((condition) => stringAt(condition, 'expression')?.trim()),
  );
}

function conditionCauses(
  conditions: ReturnType<typeof arrayAt>,
  path: string,
  tryOut: (expression: string) => void,
): Cause[] {
  const causes: Cause[] = [];
  if (conditions.length > MAX_CONDITIONS) {
    const message = `Too many: ${conditions.length}: must have at most ${MAX_CONDITIONS} items`;
    causes.push({ reason: 'FieldValueTooMany', message, field: path });
  }
  const names = new Set<string>();
  for (const [index, condition] of conditions.entries()) {
    const place = `${path}[${index}]`;
    causes.push(...expressionCauses((stringAt(condition, 'expression') ?? '').trim(), `${place}.expression`, tryOut));
    const name = stringAt(condition, 'name') ?? '';
    if (name === '') causes.push(requiredValue(`${place}.name`));
    else causes.push(...qualifiedNameErrors(name).map((why) => invalidValue(`${place}.name`, name, why)));
    if (names.has(name)) causes.push(duplicateValue(`${place}.name`, name));
    if (name !== '') names.add(name);
  }
  return causes;
}

function expressionCauses(expression: string, field: string, tryOut: (expression: string) => void): Cause[] {
  if (expression === '') return [requiredValue(field)];
  try {
    tryOut(expression);
    return [];
  } catch (error) {
    return [invalidValue(field, expression, error instanceof Error ? error.message : String(error))];
  }
}
