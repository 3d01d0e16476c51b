/** Events of the cluster, newest first, and what is in them. */
import { isObject, type JsonObject, numberAt, objectAt, stringAt } from '../kubernetes/json.ts';

export interface HeardEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly kind: string;
  readonly name: string;
  /** Milliseconds; 0 where the Event does not say when. */
  readonly at: number;
  readonly count: number;
  /** Who says it: a pod's name. */
  readonly instance: string;
}

/** Core Events and those of events.k8s.io, which name things in other words. */
export function heard(events: readonly JsonObject[]): HeardEvent[] {
  return events
    .filter(isObject)
    .map((event) => {
      const about = objectAt(event, 'involvedObject') ?? objectAt(event, 'regarding');
      return {
        type: stringAt(event, 'type') ?? '',
        reason: stringAt(event, 'reason') ?? '',
        message: stringAt(event, 'message') ?? stringAt(event, 'note') ?? '',
        kind: stringAt(about, 'kind') ?? '',
        name: stringAt(about, 'name') ?? '',
        at: momentOf(event),
        count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
        instance: stringAt(event, 'reportingInstance') ?? '',
      };
    })
    .sort((left, right) => right.at - left.at || (left.message < right.message ? -1 : 1));
}

function momentOf(event: JsonObject): number {
  const text =
    stringAt(event, 'series', 'lastObservedTime') ??
    stringAt(event, 'lastTimestamp') ??
    stringAt(event, 'eventTime') ??
    stringAt(event, 'metadata', 'creationTimestamp') ??
    '';
  const at = Date.parse(text);
  return Number.isNaN(at) ? 0 : at;
}
