/** The Kafka of a suite, and programs that speak to it as others do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RecordContent } from '../../src/cloudevents/kafka.ts';
import type { KafkaSecurity } from '../../src/knative/eventing/kafkaSecurity.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import { SILENT } from '../../src/kubernetes/log.ts';
import type { KafkaAccess } from '../../src/platform/eventing/kafka/access.ts';
import { loadKafka } from '../../src/platform/eventing/kafka/library.ts';
import { openMember } from '../../src/platform/eventing/kafka/member.ts';
import {
  type Reader,
  type ReaderOptions,
  type ReaderState,
  startReader,
} from '../../src/platform/eventing/kafka/reader.ts';
import type { ReadRecord } from '../../src/platform/eventing/kafka/record.ts';
import { openTopic } from '../../src/platform/eventing/kafka/topic.ts';
import { familyIn } from '../../tools/controlplane/process/family.ts';
import { removeLater } from '../../tools/controlplane/process/guarded.ts';
import { type Kafka, type StartKafkaOptions, startKafka } from '../../tools/kafka/start.ts';

export interface SuiteKafka extends Kafka {
  readonly folder: string;
  /** Of the address without users. */
  readonly access: KafkaAccess;
  end(): Promise<void>;
}

/** Of what nobody ends. */
export const NEVER = new AbortController().signal;

export async function startSuiteKafka(options: Pick<StartKafkaOptions, 'user' | 'tls'> = {}): Promise<SuiteKafka> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-kafka-'));
  removeLater(folder);
  const family = familyIn(folder);
  const kafka = await startKafka({ family, folder: path.join(folder, 'kafka'), ...options });
  return {
    ...kafka,
    folder,
    access: accessTo(kafka.plain),
    async end() {
      await family.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function accessTo(server: string, security: KafkaSecurity = {}): KafkaAccess {
  return { servers: [server], security };
}

export async function makeTopic(access: KafkaAccess, topic: string, partitions = 1): Promise<void> {
  const opened = await openTopic(await loadKafka(), {
    access,
    topic,
    creation: { partitions, replicationFactor: 1 },
    signal: NEVER,
  });
  await opened.producing.close();
}

export async function produce(access: KafkaAccess, topic: string, records: readonly RecordContent[]): Promise<void> {
  const opened = await openTopic(await loadKafka(), { access, topic, creation: undefined, signal: NEVER });
  for (let from = 0; from < records.length; from += 500) await opened.producing.send(records.slice(from, from + 500));
  await opened.producing.close();
}

export interface Consumer {
  readonly records: ReadRecord[];
  readonly states: ReaderState[];
  readonly reader: Reader;
}

/** Reads a topic from its beginning, with a group of its own unless named. */
export async function consume(
  access: KafkaAccess,
  topic: string,
  options: Partial<ReaderOptions> = {},
): Promise<Consumer> {
  const library = await loadKafka();
  const records: ReadRecord[] = [];
  const states: ReaderState[] = [];
  const reader = startReader({
    access: () => Promise.resolve(access),
    open: (wanted) => openMember(library, wanted),
    group: `test-${topic}-${Math.random()}`,
    topics: [topic],
    initialOffset: 'earliest',
    isOrdered: true,
    deliver(record) {
      records.push(record);
      return Promise.resolve(true);
    },
    onState: (state) => void states.push(state),
    clock: systemClock,
    random: Math.random,
    log: SILENT,
    ...options,
  });
  return { records, states, reader };
}

export async function until(isSo: () => boolean | Promise<boolean>, what: string, seconds = 120): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
