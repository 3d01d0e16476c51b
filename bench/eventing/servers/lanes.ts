/** The Triggers of the bench: each filters by type, and has a path of its own at the subscriber's. */
import { matchesOf } from '../../../src/knative/eventing/matches.ts';
import { retriesOf } from '../../../src/knative/eventing/retries.ts';
import type { LaneEntry } from '../../../src/platform/eventing/lanes/lanes.ts';

export const TOPIC = 'broker:bench/default';
export const TYPE = 'order.placed';

/** @param subscriber its URL, with the slash */
export function lanes(subscriber: string, count: number): Map<string, LaneEntry> {
  return new Map(
    Array.from({ length: count }, (_, index): [string, LaneEntry] => [
      `trigger:bench/trigger-${index}`,
      {
        topic: TOPIC,
        matches: matchesOf({ spec: { filter: { attributes: { type: TYPE } } } }),
        spec: {
          kind: 'trigger',
          subscriber: `${subscriber}${index}`,
          reply: 'topic',
          deadLetter: undefined,
          retries: retriesOf({}),
          isOrdered: false,
          isStructured: false,
        },
      },
    ]),
  );
}
