/** A member of a consumer group, by the client library: it joins, reads what it was given, and writes down how far it came. */
import type { Admin, ClusterTopicMetadata, GroupAssignment } from '@platformatic/kafka';
import { clientOptions, closeAll, type KafkaAccess, untilAborted, within } from './access.ts';
import { answerIn, type FetchAnswer, type Fetched, fetchedOf } from './fetched.ts';
import { takeLeaderless } from './leaderless.ts';
import type { KafkaLibrary } from './library.ts';
import { type Offsets, offsetsBy } from './offsets.ts';
import { type Place, partitionsOf, type Wanted } from './record.ts';

export interface MemberListener {
  /** All that it reads from now on. */
  assigned(places: readonly Place[]): void;
  /** It is a member no more. */
  failed(error: unknown): void;
}

export interface Member {
  /** All partitions of its topics. */
  readonly places: readonly Place[];
  /** Writes down where to begin, before it joins. Where others are members already, they alone may: then nothing is. */
  begin(offsets: readonly Wanted[]): Promise<void>;
  /** Resolves when it was told what it reads. */
  join(listener: MemberListener): Promise<void>;
  /** By their keys: of those that have a leader. */
  offsetsOf(places: readonly Place[]): Promise<ReadonlyMap<string, Offsets>>;
  /** Who has which, or NO_LEADER; undefined where a topic has other partitions than when it joined. */
  leadersOf(places: readonly Place[]): Promise<ReadonlyMap<number, readonly Place[]> | undefined>;
  /** Who leads what is asked anew. */
  refresh(): Promise<void>;
  /** Waits for a moment where nothing is there. */
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

/** As Kafka says it. */
export const NO_LEADER = -1;

/** As the data plane of a cluster is set up (data-plane/config/source/100-config-kafka-source-data-plane.yaml). */
const SESSION_MS = 10_000;
const HEARTBEAT_MS = 3000;
const REBALANCE_MS = 30_000;
const MOST_BYTES_OF_A_PARTITION = 256 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;
/** Milliseconds for which Kafka holds a question to which there is no answer yet. */
const WAIT_MS = 500;
const READ_UNCOMMITTED = 0;
/** For what a group is told from outside. */
const ADMIN_MS = 3000;
/** What Kafka says to who is none of them. */
const OF_A_GROUP_WITH_MEMBERS = ['UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS'];

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
  takeLeaderless(consumer.connections);
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
      { close: () => consumer.close(true), connections: consumer.connections },
      { close: () => waiting.close(), connections: waiting },
    );
  };

  const metadataOf = (forceUpdate = false) => consumer.metadata({ topics: [...topics], forceUpdate });
  const { topics: found } = await untilAborted(signal, close, metadataOf);
  const countOf = (topic: string, known: Topics): number => known.get(topic)?.partitionsCount ?? 0;
  const places = topics.flatMap((topic) =>
    Array.from({ length: countOf(topic, found) }, (_, partition) => ({ topic, partition })),
  );
  const withAdmin = async (ask: (admin: Admin) => Promise<unknown>): Promise<void> => {
    const admin = new library.Admin(options);
    const adminEvents: NodeJS.EventEmitter = admin;
    adminEvents.on('error', () => {});
    try {
      await within(ADMIN_MS, ask(admin));
    } finally {
      await closeAll(admin);
    }
  };

  return {
    places,
    async begin(offsets) {
      const byTopic = Map.groupBy(offsets, ({ topic }) => topic);
      const wanted = [...byTopic].map(([name, partitionOffsets]) => ({ name, partitionOffsets }));
      await withAdmin((admin) => admin.alterConsumerGroupOffsets({ groupId: group, topics: wanted })).catch((error) => {
        if (!OF_A_GROUP_WITH_MEMBERS.some((id) => library.findErrorBy(error, 'apiId', id) !== null)) throw error;
      });
    },
    async join({ assigned, failed }) {
      onFailed = failed;
      events.on('consumer:group:join', () => assigned(placesOf(consumer.assignments)));
      consumer.topics.trackAll(...topics);
      await consumer.joinGroup({});
    },
    async offsetsOf(asked) {
      const { topics: known, brokers } = await metadataOf();
      const led = asked.filter((place) => brokers.has(leaderOf(place, known)));
      return offsetsBy(consumer, library.ListOffsetTimestamps, led);
    },
    async leadersOf(asked) {
      const { topics: known } = await metadataOf();
      if (topics.some((topic) => countOf(topic, known) !== countOf(topic, found))) return undefined;
      return Map.groupBy(asked, (place) => leaderOf(place, known));
    },
    async refresh() {
      await metadataOf(true);
    },
    async fetch(leader, wanted) {
      const { topics: known } = await metadataOf();
      const ids = new Map([...partitionsOf(wanted).keys()].map((topic) => [topic, known.get(topic)?.id ?? '']));
      const asked = [...ids].map(([topic, topicId]) => ({
        topicId,
        partitions: wanted
          .filter((each) => each.topic === topic)
          .map(({ partition, offset }) => ({
            partition,
            fetchOffset: offset,
            partitionMaxBytes: MOST_BYTES_OF_A_PARTITION,
            currentLeaderEpoch: -1,
            lastFetchedEpoch: -1,
          })),
      }));
      const answer: FetchAnswer = await consumer
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
          const answered = answerIn(error);
          if (answered === undefined) throw error;
          return answered;
        });
      return fetchedOf(answer, wanted, new Map([...ids].map(([topic, id]) => [id, topic])));
    },
    async commit(offsets) {
      await consumer.commit({ offsets: offsets.map((each) => ({ ...each, leaderEpoch: -1 })) });
    },
    deleteGroup: () => withAdmin((admin) => admin.deleteGroups({ groups: [group] })),
    close,
  };
}

type Topics = ReadonlyMap<string, ClusterTopicMetadata>;

function leaderOf({ topic, partition }: Place, topics: Topics): number {
  return topics.get(topic)?.partitions[partition]?.leader ?? NO_LEADER;
}

function placesOf(assignments: readonly GroupAssignment[] | null): Place[] {
  return (assignments ?? []).flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
}
