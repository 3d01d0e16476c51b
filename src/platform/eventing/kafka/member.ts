/** A member of a consumer group, by the client library: it joins, reads what it was given, and writes down how far it came. */
import type { GroupAssignment } from '@platformatic/kafka';
import { clientOptions, closeAll, type KafkaAccess, untilAborted } from './access.ts';
import type { KafkaLibrary } from './library.ts';
import { type Place, placeKey, type ReadRecord } from './record.ts';

export interface Offsets {
  /** The next to be read, as the group wrote it down; undefined where it never did. */
  readonly committed: bigint | undefined;
  readonly earliest: bigint;
  /** Of the record that comes next. */
  readonly latest: bigint;
}

export interface Wanted extends Place {
  readonly offset: bigint;
}

export interface Fetched extends Place {
  readonly records: readonly ReadRecord[];
  /** Where to go on: there may be more between records than is seen. */
  readonly next: bigint;
}

export interface MemberListener {
  /** All that it reads from now on. */
  assigned(places: readonly Place[]): void;
  /** It is a member no more. */
  failed(error: unknown): void;
}

export interface Member {
  /** Resolves when it was told what it reads. */
  join(listener: MemberListener): Promise<void>;
  offsetsOf(places: readonly Place[]): Promise<ReadonlyMap<string, Offsets>>;
  /** Who has which; undefined where a topic has other partitions than when it joined. */
  leadersOf(places: readonly Place[]): Promise<ReadonlyMap<number, readonly Place[]> | undefined>;
  /** Waits for a moment where nothing is there. @throws OutOfRange */
  fetch(leader: number, wanted: readonly Wanted[]): Promise<readonly Fetched[]>;
  commit(offsets: readonly Wanted[]): Promise<void>;
  /** Forgets how far the group has come. */
  deleteGroup(): Promise<void>;
  close(): Promise<void>;
}

export interface MemberOptions {
  readonly access: KafkaAccess;
  readonly group: string;
  readonly topics: readonly string[];
  /** Ends the asking for the topics. */
  readonly signal: AbortSignal;
}

export type OpenMember = (options: MemberOptions) => Promise<Member>;

/** What was to be read is there no more, or not yet. */
export class OutOfRange extends Error {}

/** As the data plane of a cluster is set up (data-plane/config/source/100-config-kafka-source-data-plane.yaml). */
const SESSION_MS = 10_000;
const HEARTBEAT_MS = 3000;
const REBALANCE_MS = 30_000;
const MOST_BYTES_OF_A_PARTITION = 256 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;
/** Milliseconds for which Kafka holds a question to which there is no answer yet. */
const WAIT_MS = 500;
const READ_UNCOMMITTED = 0;
const IS_CONTROL = 0x20;

/** Asks the Kafka for its topics. @throws what the client says where they are not all there */
export async function openMember(
  library: KafkaLibrary,
  { access, group, topics, signal }: MemberOptions,
): Promise<Member> {
  const options = clientOptions(access);
  const consumer = new library.Consumer({
    ...options,
    groupId: group,
    autocommit: false,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_MS,
    isolationLevel: READ_UNCOMMITTED,
  });
  // a question that waits for records would hold up all others on the same connection
  const waiting = new library.ConnectionPool(options.clientId, options);
  // without a listener an error would end the process
  let onFailed: (error: unknown) => void = () => {};
  const events: NodeJS.EventEmitter = consumer;
  events.on('error', (error) => onFailed(error));
  waiting.on('error', () => {});
  events.on('consumer:heartbeat:stalled', ({ lastError }: { lastError?: Error }) => {
    onFailed(lastError ?? new Error('no heartbeat was answered'));
  });
  const close = async (): Promise<void> => {
    onFailed = () => {};
    await closeAll(
      () => consumer.close(true),
      () => waiting.close(),
    );
  };

  const metadataOf = () => consumer.metadata({ topics: [...topics] });
  const counts = new Map<string, number>();
  const { topics: found } = await untilAborted(signal, close, metadataOf);
  for (const topic of topics) counts.set(topic, found.get(topic)?.partitionsCount ?? 0);

  return {
    async join({ assigned, failed }) {
      onFailed = failed;
      events.on('consumer:group:join', () => assigned(placesOf(consumer.assignments)));
      consumer.topics.trackAll(...topics);
      await consumer.joinGroup({});
    },
    offsetsOf: (places) => offsetsBy(consumer, library.ListOffsetTimestamps, places),
    async leadersOf(places) {
      const metadata = await metadataOf();
      const leaders = new Map<number, Place[]>();
      for (const [topic, count] of counts) {
        if (metadata.topics.get(topic)?.partitionsCount !== count) return undefined;
      }
      for (const place of places) {
        const leader = metadata.topics.get(place.topic)?.partitions[place.partition]?.leader ?? -1;
        leaders.set(leader, [...(leaders.get(leader) ?? []), place]);
      }
      return leaders;
    },
    async fetch(leader, wanted) {
      const { topics: known } = await metadataOf();
      const names = new Map<string, string>();
      const asked = [...partitionsOf(wanted).keys()].map((topic) => {
        const topicId = known.get(topic)?.id ?? '';
        names.set(topicId, topic);
        const partitions = wanted
          .filter((each) => each.topic === topic)
          .map(({ partition, offset }) => ({
            partition,
            fetchOffset: offset,
            partitionMaxBytes: MOST_BYTES_OF_A_PARTITION,
            currentLeaderEpoch: -1,
            lastFetchedEpoch: -1,
          }));
        return { topicId, partitions };
      });
      const response = await consumer
        .fetch({
          node: leader,
          topics: asked,
          minBytes: 1,
          maxBytes: MOST_BYTES,
          maxWaitTime: WAIT_MS,
          isolationLevel: READ_UNCOMMITTED,
          connectionPool: waiting,
        })
        .catch((error: unknown) => {
          const isOut = error instanceof Error && library.findErrorBy(error, 'apiId', 'OFFSET_OUT_OF_RANGE') !== null;
          throw isOut ? new OutOfRange('the offset is out of range') : error;
        });
      const from = new Map(wanted.map((each) => [placeKey(each), each.offset]));
      return response.responses.flatMap(({ topicId, partitions }) => {
        const topic = names.get(topicId);
        if (topic === undefined) return [];
        return partitions.flatMap(({ partitionIndex: partition, records }) => {
          const offset = from.get(placeKey({ topic, partition }));
          return offset === undefined ? [] : [readBatches({ topic, partition, offset }, records ?? [])];
        });
      });
    },
    async commit(offsets) {
      await consumer.commit({ offsets: offsets.map((each) => ({ ...each, leaderEpoch: -1 })) });
    },
    async deleteGroup() {
      const admin = new library.Admin(options);
      const adminEvents: NodeJS.EventEmitter = admin;
      adminEvents.on('error', () => {});
      try {
        await admin.deleteGroups({ groups: [group] });
      } finally {
        await closeAll(() => admin.close());
      }
    },
    close,
  };
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

/** What of a batch of records counts. */
export interface Batch {
  readonly firstOffset: bigint;
  readonly lastOffsetDelta: number;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly attributes: number;
  readonly records: readonly {
    readonly offsetDelta: number;
    readonly timestampDelta: bigint;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
  }[];
}

const IS_LOG_APPEND_TIME = 0x08;

/** Batches come whole: they may begin before what was asked for. */
export function readBatches({ topic, partition, offset: from }: Wanted, batches: readonly Batch[]): Fetched {
  const records: ReadRecord[] = [];
  let next = from;
  for (const { firstOffset, lastOffsetDelta, firstTimestamp, maxTimestamp, attributes, records: all } of batches) {
    const behind = firstOffset + BigInt(lastOffsetDelta) + 1n;
    if (behind > next) next = behind;
    if ((attributes & IS_CONTROL) !== 0) continue;
    for (const { offsetDelta, timestampDelta, key, value, headers } of all) {
      const offset = firstOffset + BigInt(offsetDelta);
      if (offset < from) continue;
      const isAppended = (attributes & IS_LOG_APPEND_TIME) !== 0;
      records.push({
        topic,
        partition,
        offset,
        timestamp: Number(isAppended ? maxTimestamp : firstTimestamp + timestampDelta),
        key: key ?? undefined,
        value: value ?? undefined,
        // a header without a value says nothing that an attribute could hold
        headers: headers.flatMap(([name, text]) =>
          name === null || text === null ? [] : [[name.toString('utf8'), text]],
        ),
      });
    }
  }
  return { topic, partition, records, next };
}

function partitionsOf(places: readonly Place[]): Map<string, number[]> {
  const byTopic = new Map<string, number[]>();
  for (const { topic, partition } of places) byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition]);
  return byTopic;
}

function placesOf(assignments: readonly GroupAssignment[] | null): Place[] {
  return (assignments ?? []).flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}
