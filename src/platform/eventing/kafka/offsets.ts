/** How far a group has come in a topic, and what is there of it. */
import type { KafkaLibrary } from './library.ts';
import { type Place, partitionsOf, placeKey } from './record.ts';

export interface Offsets {
  /** The next to be read, as the group wrote it down; undefined where it never did. */
  readonly committed: bigint | undefined;
  readonly earliest: bigint;
  /** Of the record that comes next. */
  readonly latest: bigint;
}

/** What of the library's consumer tells offsets: by their topics, in the order of their partitions. */
export interface OffsetsClient {
  listCommittedOffsets(asked: {
    readonly topics: { topic: string; partitions: number[] }[];
  }): Promise<ReadonlyMap<string, readonly bigint[]>>;
  listOffsets(asked: {
    readonly topics: string[];
    readonly partitions: Record<string, number[]>;
    readonly timestamp: bigint;
  }): Promise<ReadonlyMap<string, readonly bigint[]>>;
}

/** By their keys, where they are in a topic and how far the group has come. */
export async function offsetsBy(
  client: OffsetsClient,
  { EARLIEST, LATEST }: Pick<KafkaLibrary['ListOffsetTimestamps'], 'EARLIEST' | 'LATEST'>,
  places: readonly Place[],
): Promise<ReadonlyMap<string, Offsets>> {
  if (places.length === 0) return new Map();
  const byTopic = partitionsOf(places);
  const asked = { topics: [...byTopic.keys()], partitions: Object.fromEntries(byTopic) };
  // first: what another member writes down meanwhile would lie beyond the end as it was before, as if the topic were another
  const committed = await client.listCommittedOffsets({
    topics: [...byTopic].map(([topic, partitions]) => ({ topic, partitions })),
  });
  const [earliest, latest] = await Promise.all([
    client.listOffsets({ ...asked, timestamp: EARLIEST }),
    client.listOffsets({ ...asked, timestamp: LATEST }),
  ]);
  return new Map(
    places.map((place) => {
      const at = (offsets: ReadonlyMap<string, readonly bigint[]>) => offsets.get(place.topic)?.[place.partition];
      const known = at(committed);
      return [
        placeKey(place),
        {
          committed: known === undefined || known < 0n ? undefined : known,
          earliest: at(earliest) ?? 0n,
          latest: at(latest) ?? 0n,
        },
      ];
    }),
  );
}
