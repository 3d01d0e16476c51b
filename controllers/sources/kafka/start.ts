/** Puts together what KafkaSources and KafkaSinks need beside their controllers. Its client is loaded when the first asks. */
import type { Clock } from '../../../src/kubernetes/clock.ts';
import { type KafkaLibrary, loadKafka } from '../../../src/platform/eventing/kafka/library.ts';
import { openMember } from '../../../src/platform/eventing/kafka/member.ts';
import { openTopic } from '../../../src/platform/eventing/kafka/topic.ts';
import type { Send } from '../../../src/platform/eventing/send.ts';
import type { SecretData } from './access.ts';
import { startSinkServer } from './sink/server.ts';
import { Writers } from './sink/writers.ts';
import { Readers } from './source/readers.ts';
import type { KafkaSurroundings } from './surroundings.ts';

export interface StartKafkaOptions {
  readonly send: Send;
  readonly secretData: SecretData;
  readonly clock: Clock;
  readonly random: () => number;
  /** Of KafkaSinks' address; 0 takes any that is free. */
  readonly port: number;
  readonly load?: () => Promise<KafkaLibrary>;
}

export interface StartedKafka extends KafkaSurroundings {
  readonly port: number;
  /** Of KafkaSources: what is being delivered has the milliseconds. */
  stopReading(withinMs: number): Promise<void>;
  /** Of KafkaSinks, once nothing on this platform sends to them any more. */
  stopWriting(): Promise<void>;
}

export async function startKafka({
  send,
  secretData,
  clock,
  random,
  port,
  load = loadKafka,
}: StartKafkaOptions): Promise<StartedKafka> {
  let loaded: Promise<KafkaLibrary> | undefined;
  const library = (): Promise<KafkaLibrary> => {
    loaded ??= load();
    return loaded;
  };
  const readers = new Readers();
  const writers = new Writers({ openTopic: async (options) => openTopic(await library(), options), clock, random });
  const server = await startSinkServer({ writers, port });
  return {
    send,
    openMember: async (options) => openMember(await library(), options),
    readers,
    writers,
    sinksUrl: server.url,
    secretData,
    port: server.port,
    stopReading: (withinMs) => readers.stop(withinMs),
    async stopWriting() {
      await server.stop();
      await writers.stop();
    },
  };
}
