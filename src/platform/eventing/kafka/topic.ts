/** A topic to write to, by the client library: makes it where it is to be made, or sees that it is there. */
import type { RecordContent } from '../../../cloudevents/kafka.ts';
import { clientOptions, closeAll, type KafkaAccess, untilAborted } from './access.ts';
import { takeLeaderless } from './leaderless.ts';
import type { KafkaLibrary } from './library.ts';
import { spreadOver } from './spread.ts';
import type { Producing } from './writer.ts';

export interface TopicOptions {
  readonly access: KafkaAccess;
  readonly topic: string;
  /** Unless set the topic has to be there. */
  readonly creation: { readonly partitions: number; readonly replicationFactor: number } | undefined;
  /** Ends the asking for it. */
  readonly signal: AbortSignal;
}

export interface OpenedTopic {
  readonly producing: Producing;
  /** Asks Kafka whether it is there still, and to be written to. @throws what the client says */
  check(): Promise<void>;
  isTooLarge(error: unknown): boolean;
}

export type OpenTopic = (options: TopicOptions) => Promise<OpenedTopic>;

const ACKS_ALL = -1;

/** @throws what the client says where Kafka is away, or the topic is not there */
export async function openTopic(
  library: KafkaLibrary,
  { access, topic, creation, signal }: TopicOptions,
): Promise<OpenedTopic> {
  const options = clientOptions(access);
  const is = (error: unknown, apiId: string): boolean =>
    error instanceof Error && library.findErrorBy(error, 'apiId', apiId) !== null;
  if (creation !== undefined)
    await create(library, { access, topic, creation, signal }, (error) => is(error, 'TOPIC_ALREADY_EXISTS'));
  let turn = 0;
  const producer = new library.Producer<Buffer, Buffer, Buffer, Buffer>({ ...options, acks: ACKS_ALL });
  takeLeaderless(producer.connections);
  const events: NodeJS.EventEmitter = producer;
  // without a listener an error would end the process
  events.on('error', () => {});
  /** By the numbers of its partitions. */
  const leaders = async (forceUpdate: boolean): Promise<boolean[]> => {
    const { brokers, topics } = await producer.metadata({ topics: [topic], forceUpdate });
    return topics.get(topic)?.partitions.map(({ leader }) => brokers.has(leader)) ?? [];
  };
  const check = async (): Promise<void> => {
    if (!(await leaders(true)).includes(true)) throw new Error(`no partition of topic ${topic} has a leader`);
  };
  // as Java's client: the same key goes to the same partition, whoever writes it
  const hashOf = (key: Buffer): number => library.compatibilityPartitioner({ topic }, key);
  const close = (): Promise<void> => closeAll({ close: () => producer.close(true), connections: producer.connections });
  await untilAborted(signal, close, check);
  return {
    check,
    isTooLarge: (error) => is(error, 'MESSAGE_TOO_LARGE') || is(error, 'RECORD_LIST_TOO_LARGE'),
    producing: {
      async send(records) {
        const { placed, leaderless, nextTurn } = spreadOver(records, await leaders(false), hashOf, turn);
        turn = nextTurn;
        const messages = placed.map(({ record, partition }) => ({ ...messageOf(record, topic), partition }));
        if (messages.length > 0) await producer.send({ acks: ACKS_ALL, messages });
        return leaderless;
      },
      close,
    },
  };
}

function messageOf({ key, value, headers }: RecordContent, topic: string) {
  return {
    topic,
    ...(key === undefined ? {} : { key }),
    ...(value === undefined ? {} : { value }),
    headers: new Map(headers.map(([name, text]) => [Buffer.from(name, 'utf8'), text])),
  };
}

async function create(
  library: KafkaLibrary,
  { access, topic, creation, signal }: TopicOptions,
  isThere: (error: unknown) => boolean,
): Promise<void> {
  if (creation === undefined) return;
  const admin = new library.Admin(clientOptions(access));
  const events: NodeJS.EventEmitter = admin;
  events.on('error', () => {});
  const close = (): Promise<void> => closeAll(admin);
  const wanted = { topics: [topic], partitions: creation.partitions, replicas: creation.replicationFactor };
  try {
    await untilAborted(signal, close, () => admin.createTopics(wanted));
  } catch (error) {
    if (!isThere(error)) throw error;
  } finally {
    await close();
  }
}
