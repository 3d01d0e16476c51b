/** Where a group begins that has written down nothing. */
import type { Member } from './member.ts';
import type { Offsets } from './offsets.ts';
import { type Place, placeKey, type Wanted } from './record.ts';

export interface Beginnings {
  /** Of a topic of which the group has written down nothing. */
  readonly initialOffset: 'earliest' | 'latest';
  /** Topics that were read before, also where Kafka has forgotten it with a topic that was deleted. Those that are read are added. */
  readonly begun: Set<string>;
}

/** Of a partition of which nothing is written down. */
export type BeginningOf = (place: Place, offsets: Offsets) => bigint;

/**
 * Writes down where all partitions begin before anybody joins, as Knative's controller does before a KafkaSource is ready
 * (knative-extensions/eventing-kafka-broker control-plane/pkg/kafka/offset/offsets.go). Whoever joins later sees by what
 * stands there that a partition of which nothing does is a new one: all of it counts, as for Knative's data plane, which
 * has `auto.offset.reset=earliest`.
 */
export async function writeBeginnings(member: Member, { initialOffset, begun }: Beginnings): Promise<BeginningOf> {
  const { places } = member;
  const offsets = await member.offsetsOf(places);
  const old = new Set(begun);
  for (const place of places) if (offsets.get(placeKey(place))?.committed !== undefined) old.add(place.topic);
  const beginningOf: BeginningOf = ({ topic }, found) => found[old.has(topic) ? 'earliest' : initialOffset];

  const beginnings = places.flatMap((place): Wanted[] => {
    const found = offsets.get(placeKey(place));
    if (found === undefined || found.committed !== undefined) return [];
    return [{ ...place, offset: beginningOf(place, found) }];
  });
  if (beginnings.length > 0) await member.begin(beginnings);
  return beginningOf;
}
