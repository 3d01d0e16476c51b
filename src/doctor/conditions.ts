/** Conditions of a status, as people read them. */
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../kubernetes/json.ts';

export interface ReadCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** When its status last changed; undefined where nobody says. */
  readonly since: Date | undefined;
}

export function conditionsOf(object: JsonObject | undefined): ReadCondition[] {
  return arrayAt(object, 'status', 'conditions')
    .filter(isObject)
    .map((condition) => ({
      type: stringAt(condition, 'type') ?? '',
      status: stringAt(condition, 'status') ?? 'Unknown',
      reason: stringAt(condition, 'reason') ?? '',
      message: stringAt(condition, 'message') ?? '',
      since: momentOf(stringAt(condition, 'lastTransitionTime')),
    }));
}

/** Undefined for what is no moment. */
export function momentOf(text: string | undefined): Date | undefined {
  const at = new Date(text ?? '');
  return Number.isNaN(at.getTime()) ? undefined : at;
}

export function conditionOf(object: JsonObject | undefined, type: string): ReadCondition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}

export function isTrue(object: JsonObject | undefined, type: string): boolean {
  return conditionOf(object, type)?.status === 'True';
}

/** `RevisionFailed: it is broken`, of which either may be missing. */
export function reasonOf({ reason, message }: ReadCondition): string {
  if (message === '') return reason === '' ? 'no reason is given' : reason;
  return reason === '' ? message : `${reason}: ${message}`;
}

/** True where the controllers have not looked at the newest spec yet. */
export function isBehind(object: JsonObject): boolean {
  const generation = numberAt(object, 'metadata', 'generation');
  return generation !== undefined && (numberAt(object, 'status', 'observedGeneration') ?? 0) < generation;
}

/** How many replicas of a Deployment are available, and how many are wanted. */
export function replicasOf(deployment: JsonObject): { readonly available: number; readonly wanted: number } {
  return {
    available: numberAt(deployment, 'status', 'availableReplicas') ?? 0,
    wanted: numberAt(deployment, 'spec', 'replicas') ?? 1,
  };
}
