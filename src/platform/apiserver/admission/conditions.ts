/**
 * `matchConditions`: all must hold for a webhook to be called
 * (k8s.io/apiserver pkg/admission/plugin/webhook/matchconditions/matcher.go).
 */
import { type JsonObject, type JsonValue, stringAt } from '../../../kubernetes/json.ts';
import type { Authorizer } from '../auth/user.ts';
import { forbidden } from '../status/failure.ts';
import type { AdmissionAttributes } from './admission.ts';

/** What an expression is about. */
export interface ConditionInput {
  readonly object: JsonObject | undefined;
  readonly oldObject: JsonObject | undefined;
  /** As AdmissionReview's, without the objects. */
  readonly request: JsonObject;
  readonly authorizer: Authorizer | undefined;
  readonly attributes: AdmissionAttributes;
}

/** @returns whether the condition holds @throws Error where the expression fails, with the reason alone */
export type Condition = (input: ConditionInput) => boolean;

/** Compiles an expression once. @throws Error where it is none */
export type ConditionCompiler = (expression: string) => Condition;

/** Whether a webhook is meant at all. @throws Failure 403 where a condition fails and failures count */
export type Conditions = (input: ConditionInput) => boolean;

/** @param conditions as they stand in the configuration @returns undefined where there are none */
export function compileConditions(
  conditions: readonly JsonValue[],
  ignoresFailures: boolean,
  compile: ConditionCompiler,
): Conditions | undefined {
  if (conditions.length === 0) return undefined;
  const compiled = conditions.map((condition) => compileOne(stringAt(condition, 'expression') ?? '', compile));

  return (input) => {
    const failures: string[] = [];
    for (const condition of compiled) {
      try {
        // One that does not hold decides, whatever fails before or after it.
        if (!condition(input)) return false;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    if (failures.length === 0) return true;
    if (ignoresFailures) return false;
    const { resource, name } = input.attributes;
    throw forbidden(resource, name, failures.length === 1 ? (failures[0] ?? '') : `[${failures.join(', ')}]`);
  };
}

/** An expression that cannot be compiled has been refused at write; one that an older version let in fails each time. */
function compileOne(expression: string, compile: ConditionCompiler): Condition {
  try {
    const condition = compile(expression);
    return (input) => {
      try {
        return condition(input);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`expression '${expression}' resulted in error: ${reason}`);
      }
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return () => {
      throw new Error(`compilation error: ${reason}`);
    };
  }
}
