/** A Kafka in memory, as far as members of groups and writers of topics see it. */
import type { RecordContent } from '../../../../src/cloudevents/kafka.ts';
import type { Fetched } from '../../../../src/platform/eventing/kafka/fetched.ts';
import {
  type Member,
  type MemberListener,
  type MemberOptions,
  NO_LEADER,
} from '../../../../src/platform/eventing/kafka/member.ts';
import type { Offsets } from '../../../../src/platform/eventing/kafka/offsets.ts';
import { type Place, placeKey, type ReadRecord, type Wanted } from '../../../../src/platform/eventing/kafka/record.ts';
import type { OpenedTopic, TopicOptions } from '../../../../src/platform/eventing/kafka/topic.ts';

export const SERVER = '127.0.0.1:9092';

export function refused(): Error {
  return Object.assign(new Error('Cannot connect to any broker.'), {
    code: 'PLT_KFK_MULTIPLE',
    errors: [Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9092'), { code: 'ECONNREFUSED' })],
  });
}

/** Servers. */
const ALIVE = 1;
const DEAD = 2;

interface Partition {
  records: ReadRecord[];
  earliest: bigint;
  latest: bigint;
}

export class FakeKafka {
  readonly #topics = new Map<string, Partition[]>();
  /** By `group`, then by place. */
  readonly groups = new Map<string, Map<string, bigint>>();
  readonly members: FakeMember[] = [];
  /** Whoever asked to be let in with what. */
  readonly access: MemberOptions['access'][] = [];
  readonly created: TopicOptions[] = [];
  /** Whoever wrote by what, and does no more. */
  readonly closed: MemberOptions['access'][] = [];
  /** Partitions by their keys that nobody leads; and those whose leader has died, which nobody has noticed. */
  readonly leaderless = new Set<string>();
  readonly dead = new Set<string>();
  /** What a partition answers instead of records, by its key. */
  readonly unread = new Map<string, string>();
  /** What a member is given when it joins; all there is unless set. */
  given: readonly Place[] | undefined;
  isAway = false;
  /** Takes every request, and answers none. */
  isHanging = false;
  mostBytes = Number.POSITIVE_INFINITY;

  topic(name: string, partitions = 1): void {
    this.#topics.set(
      name,
      Array.from({ length: partitions }, () => ({ records: [], earliest: 0n, latest: 0n })),
    );
  }

  /** Another number of partitions. */
  grow(name: string, partitions: number): void {
    const all = this.#topics.get(name) ?? [];
    while (all.length < partitions) all.push({ records: [], earliest: 0n, latest: 0n });
  }

  add(place: Place, content: Partial<RecordContent> = {}): bigint {
    const partition = this.#at(place);
    const offset = partition.latest++;
    partition.records.push({
      ...place,
      offset,
      timestamp: Date.parse('2026-03-01T08:00:00Z'),
      key: undefined,
      value: undefined,
      headers: [],
      ...content,
    });
    return offset;
  }

  /** What was there before is gone. */
  expire(place: Place, earliest: bigint): void {
    const partition = this.#at(place);
    partition.earliest = earliest;
    partition.records = partition.records.filter(({ offset }) => offset >= earliest);
  }

  recordsOf(topic: string): ReadRecord[] {
    return (this.#topics.get(topic) ?? []).flatMap(({ records }) => records);
  }

  committed(group: string, place: Place): bigint | undefined {
    return this.groups.get(group)?.get(placeKey(place));
  }

  /** Ends all members, as a Kafka that goes does. */
  goAway(): void {
    this.isAway = true;
    for (const member of this.members.splice(0)) member.fail(refused());
  }

  readonly openMember = (options: MemberOptions): Promise<Member> => {
    this.access.push(options.access);
    if (this.isAway) return Promise.reject(refused());
    const missing = options.topics.find((topic) => !this.#topics.has(topic));
    if (missing !== undefined) return Promise.reject(new Error(`Unknown topic ${missing}.`));
    if (this.isHanging) return new Promise(() => {});
    const member = new FakeMember(this, options, (topic) => this.#topics.get(topic)?.length ?? 0);
    this.members.push(member);
    return Promise.resolve(member);
  };

  readonly openTopic = (options: TopicOptions): Promise<OpenedTopic> => {
    this.access.push(options.access);
    if (this.isAway) return Promise.reject(refused());
    if (options.creation !== undefined && !this.#topics.has(options.topic)) {
      this.created.push(options);
      this.topic(options.topic, options.creation.partitions);
    }
    const check = (): Promise<void> => {
      if (this.isHanging) return new Promise(() => {});
      if (this.isAway) return Promise.reject(refused());
      if (this.#topics.has(options.topic)) return Promise.resolve();
      return Promise.reject(new Error(`Unknown topic ${options.topic}.`));
    };
    return check().then(() => ({
      check,
      isTooLarge: (error) => error instanceof Error && error.message === 'too large',
      producing: {
        send: (records) => {
          if (this.isAway) return Promise.reject(refused());
          const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
          if (bytes > this.mostBytes) return Promise.reject(new Error('too large'));
          for (const record of records) this.add({ topic: options.topic, partition: 0 }, record);
          return Promise.resolve([]);
        },
        close: () => {
          this.closed.push(options.access);
          return Promise.resolve();
        },
      },
    }));
  };

  at(place: Place): Partition {
    return this.#at(place);
  }

  #at({ topic, partition }: Place): Partition {
    const found = this.#topics.get(topic)?.[partition];
    if (found === undefined) throw new Error(`no partition ${partition} of topic ${topic}`);
    return found;
  }
}

export class FakeMember implements Member {
  readonly #kafka: FakeKafka;
  readonly #countOf: (topic: string) => number;
  readonly #counts: ReadonlyMap<string, number>;
  readonly options: MemberOptions;
  #listener: MemberListener | undefined;
  #isClosed = false;
  /** Bytes that a fetch brings of a partition, as a number of records. */
  most = 100;
  readonly places: readonly Place[];
  fetches: (readonly Wanted[])[] = [];
  commits: (readonly Wanted[])[] = [];

  constructor(kafka: FakeKafka, options: MemberOptions, countOf: (topic: string) => number) {
    this.#kafka = kafka;
    this.options = options;
    this.#countOf = countOf;
    this.#counts = new Map(options.topics.map((topic) => [topic, countOf(topic)]));
    this.places = options.topics.flatMap((topic) =>
      Array.from({ length: countOf(topic) }, (_, partition) => ({ topic, partition })),
    );
  }

  fail(error: unknown): void {
    this.#listener?.failed(error);
  }

  /** Gives it these alone, as a group does when others come. */
  assign(places: readonly Place[]): void {
    this.#listener?.assigned(places);
  }

  join(listener: MemberListener): Promise<void> {
    this.#listener = listener;
    listener.assigned(this.#kafka.given ?? this.places);
    return Promise.resolve();
  }

  async begin(offsets: readonly Wanted[]): Promise<void> {
    const others = this.#kafka.members.some((each) => each !== this && each.options.group === this.options.group);
    if (!others) await this.commit(offsets);
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  offsetsOf(places: readonly Place[]): Promise<ReadonlyMap<string, Offsets>> {
    return Promise.resolve(
      new Map(
        places
          .filter((place) => !this.#kafka.leaderless.has(placeKey(place)))
          .map((place) => {
            const { earliest, latest } = this.#kafka.at(place);
            return [placeKey(place), { committed: this.#kafka.committed(this.options.group, place), earliest, latest }];
          }),
      ),
    );
  }

  leadersOf(places: readonly Place[]): Promise<ReadonlyMap<number, readonly Place[]> | undefined> {
    for (const [topic, count] of this.#counts) if (this.#countOf(topic) !== count) return Promise.resolve(undefined);
    return Promise.resolve(
      Map.groupBy(places, (place) => {
        if (this.#kafka.leaderless.has(placeKey(place))) return NO_LEADER;
        return this.#kafka.dead.has(placeKey(place)) ? DEAD : ALIVE;
      }),
    );
  }

  async fetch(leader: number, wanted: readonly Wanted[]): Promise<readonly Fetched[]> {
    this.fetches.push(wanted);
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (this.#isClosed) throw new Error('closed');
    if (leader === DEAD) throw refused();
    return wanted.map(({ topic, partition, offset }): Fetched => {
      const place = { topic, partition };
      const { records, earliest, latest } = this.#kafka.at(place);
      const why = this.#kafka.unread.get(placeKey(place));
      if (why !== undefined) return { ...place, is: 'unread', why };
      if (offset < earliest || offset > latest) return { ...place, is: 'outOfRange' };
      const found = records.filter((record) => record.offset >= offset).slice(0, this.most);
      return { ...place, is: 'read', records: found, next: (found.at(-1)?.offset ?? offset - 1n) + 1n };
    });
  }

  commit(offsets: readonly Wanted[]): Promise<void> {
    if (this.#kafka.isHanging) return new Promise(() => {});
    this.commits.push(offsets);
    const { group } = this.options;
    const known = this.#kafka.groups.get(group) ?? new Map<string, bigint>();
    for (const { offset, ...place } of offsets) known.set(placeKey(place), offset);
    this.#kafka.groups.set(group, known);
    return Promise.resolve();
  }

  deleteGroup(): Promise<void> {
    this.#kafka.groups.delete(this.options.group);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    const index = this.#kafka.members.indexOf(this);
    if (index >= 0) this.#kafka.members.splice(index, 1);
    return Promise.resolve();
  }
}
