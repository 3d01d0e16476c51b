/**
 * Events of events.k8s.io, which are those of the core group by other names
 * (k8s.io/kubernetes pkg/apis/events/v1/conversion.go).
 */
import type { JsonObject, JsonValue } from '../../../../kubernetes/json.ts';
import type { Conversion } from '../resource.ts';
import { shaped } from './shape.ts';

/** What the fields are called in events.k8s.io and in the core group; all others have one name. */
const NAMES: readonly (readonly [own: string, stored: string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];
const STORED: ReadonlyMap<string, string> = new Map(NAMES);
const OWN: ReadonlyMap<string, string> = new Map(NAMES.map(([own, stored]) => [stored, own]));

export const eventConversion: Conversion = {
  toStored: (event) => shaped(renamed(event, STORED), '', 'v1', 'Event'),
  fromStored: (event) => shaped(renamed(event, OWN), 'events.k8s.io', 'v1', 'Event'),
  storedField(field) {
    const [first = '', ...rest] = field.split('.');
    return [STORED.get(first) ?? first, ...rest].join('.');
  },
};

/** A member that only the other shape has is dropped: nothing may take its place. */
function renamed(event: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  const taken = new Set(names.values());
  const members = Object.entries(event).flatMap(([key, value]): [string, JsonValue | undefined][] =>
    taken.has(key) ? [] : [[names.get(key) ?? key, value]],
  );
  return Object.fromEntries(members);
}
