import { EventEmitter } from 'node:events';
import { expect, it } from '@jest/globals';
import type { RecordContent } from '../../../../src/cloudevents/kafka.ts';
import type { KafkaLibrary } from '../../../../src/platform/eventing/kafka/library.ts';
import { openTopic } from '../../../../src/platform/eventing/kafka/topic.ts';
import { SERVER } from './fakeKafka.ts';

const TOPIC = 'orders';

/** As far as one who writes uses it: a topic of two partitions that one server leads. */
function libraryThat(sends: (partitions: readonly number[]) => void): KafkaLibrary {
  class Producer extends EventEmitter {
    readonly connections = new EventEmitter();
    metadata() {
      const partitions = [{ leader: 1 }, { leader: 1 }];
      return Promise.resolve({ brokers: new Map([[1, {}]]), topics: new Map([[TOPIC, { partitions }]]) });
    }
    send({ messages }: { messages: readonly { readonly partition: number }[] }) {
      sends(messages.map(({ partition }) => partition));
      return Promise.resolve();
    }
  }
  return { Producer, compatibilityPartitioner: () => 0 } as unknown as KafkaLibrary;
}

it('records without a key go to all partitions in turns, whatever comes between', async () => {
  const sent: (readonly number[])[] = [];
  const { producing } = await openTopic(
    libraryThat((partitions) => sent.push(partitions)),
    {
      access: { servers: [SERVER], security: {} },
      topic: TOPIC,
      creation: undefined,
      signal: new AbortController().signal,
    },
  );
  const record = (key: Buffer | undefined): RecordContent => ({ key, value: Buffer.from('x'), headers: [] });
  for (let turn = 0; turn < 3; turn++) {
    await producing.send([record(undefined)]);
    await producing.send([record(Buffer.from('k'))]);
  }
  expect(sent).toEqual([[0], [0], [1], [0], [0], [0]]);
});
