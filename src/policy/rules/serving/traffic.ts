/** spec.traffic as rules look at it. */
import { arrayAt, asBoolean, asNumber, asString, isObject, type JsonObject } from '../../../kubernetes/json.ts';
import { placeIn } from '../../../kubernetes/pointer.ts';

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
  const values = arrayAt(object, 'spec', 'traffic');
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (!isObject(value)) continue;
    const revisionName = asString(value.revisionName) ?? '';
    targets.push({
      path: placeIn('/spec/traffic', index),
      revisionName,
      isLatest: asBoolean(value.latestRevision) ?? revisionName === '',
      percent: asNumber(value.percent) ?? 0,
    });
  }
  return targets;
}
