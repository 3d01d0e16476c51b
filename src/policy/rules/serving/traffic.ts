/** spec.traffic as rules look at it. */
import { arrayAt, booleanAt, isObject, type JsonObject, numberAt, stringAt } from '../../../kubernetes/json.ts';
import { pointer } from '../../../kubernetes/pointer.ts';

export interface Target {
  readonly path: string;
  readonly revisionName: string;
  readonly isLatest: boolean;
  /** 0 where none is written. */
  readonly percent: number;
}

/** The targets of a Service or Route; what is no object is Knative's to refuse. */
export function targetsOf(object: JsonObject): Target[] {
  const targets: Target[] = [];
  for (const [index, value] of arrayAt(object, 'spec', 'traffic').entries()) {
    if (!isObject(value)) continue;
    const revisionName = stringAt(value, 'revisionName') ?? '';
    targets.push({
      path: pointer('spec', 'traffic', index),
      revisionName,
      isLatest: booleanAt(value, 'latestRevision') ?? revisionName === '',
      percent: numberAt(value, 'percent') ?? 0,
    });
  }
  return targets;
}
