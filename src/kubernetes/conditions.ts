/** Conditions of a status, as k8s.io/apimachinery pkg/api/meta/conditions.go keeps them. */
import { cut } from '../text/cut.ts';
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from './json.ts';
import { timeText } from './time.ts';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** One word for programs. */
  readonly reason: string;
  readonly message: string;
}

/** The API server takes 32,768 characters; people read fewer. */
const MOST_MESSAGE = 1_024;

/**
 * The object's conditions with these in them, each of the generation that was looked at. `lastTransitionTime` stays while
 * `status` does, so that a round that finds the same writes nothing; conditions of others stay as they are.
 *
 * @param object as it is in the cluster
 */
export function withConditions(object: JsonObject, wanted: readonly Condition[], now: Date): JsonObject[] {
  const before = arrayAt(object, 'status', 'conditions').filter(isObject);
  const others = before.filter(({ type }) => !wanted.some((condition) => condition.type === type));
  const observedGeneration = numberAt(object, 'metadata', 'generation') ?? 0;
  return [
    ...others,
    ...wanted.map(({ type, status, reason, message }) => {
      const old = before.find((condition) => condition.type === type);
      const since = stringAt(old, 'status') === status ? stringAt(old, 'lastTransitionTime') : undefined;
      const lastTransitionTime = since ?? timeText(now);
      return { type, status, reason, message: cut(message, MOST_MESSAGE), observedGeneration, lastTransitionTime };
    }),
  ];
}
