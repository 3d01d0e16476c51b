/** What a group does while its topics change and servers are away, on a real Kafka: everything is counted. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeAll } from '../../src/platform/eventing/kafka/access.ts';
import { takeLeaderless } from '../../src/platform/eventing/kafka/leaderless.ts';
import { loadKafka } from '../../src/platform/eventing/kafka/library.ts';
import { openTopic } from '../../src/platform/eventing/kafka/topic.ts';
import type { KafkaNode } from '../../tools/kafka/start.ts';
import { consume, makeTopic, NEVER, type SuiteKafka, startSuiteKafka, until } from './kafka.ts';

let kafka: SuiteKafka;
let other: KafkaNode;

beforeAll(async () => {
  kafka = await startSuiteKafka();
  // the group's own topic stands on the first node
  await makeTopic(kafka.access, 'first');
  const { records, states, reader } = await consume(kafka.access, 'first');
  await until(() => states.some(({ is }) => is === 'reading'), 'read');
  await reader.stop(0, true);
  expect(records).toEqual([]);
  other = await kafka.addNode();
});
afterAll(() => kafka.end());

/** To partitions by their numbers, also where others have no leader. */
async function send(topic: string, records: readonly (readonly [partition: number, value: string])[]): Promise<void> {
  const library = await loadKafka();
  const producer = new library.Producer({ clientId: 'test', bootstrapBrokers: [kafka.plain], retries: 20 });
  takeLeaderless(producer.connections);
  try {
    await producer.send({
      acks: -1,
      messages: records.map(([partition, value]) => ({ topic, partition, value: Buffer.from(value) })),
    });
  } finally {
    await closeAll(producer);
  }
}

async function withAdmin<T>(
  ask: (admin: InstanceType<Awaited<ReturnType<typeof loadKafka>>['Admin']>) => Promise<T>,
): Promise<T> {
  const library = await loadKafka();
  const admin = new library.Admin({ clientId: 'test', bootstrapBrokers: [kafka.plain] });
  try {
    return await ask(admin);
  } finally {
    await closeAll(admin);
  }
}

const numbered = (partition: number, from: number, to: number): [number, string][] =>
  Array.from({ length: to - from }, (_, index) => [partition, `${partition}/${from + index}`]);

describe('a partition', () => {
  it('that is added later loses nothing of what comes before it is assigned, though its group begins with the latest', async () => {
    await makeTopic(kafka.access, 'grown');
    await send('grown', numbered(0, 0, 5));
    const group = 'grown-group';
    const { records, states, reader } = await consume(kafka.access, 'grown', { group, initialOffset: 'latest' });
    await until(() => states.some(({ is }) => is === 'reading'), 'reading');
    await withAdmin((admin) =>
      admin.createPartitions({
        topics: [{ name: 'grown', count: 3, assignments: [{ brokerIds: [1] }, { brokerIds: [1] }] }],
      }),
    );
    const sent = [...numbered(0, 5, 10), ...numbered(1, 0, 50), ...numbered(2, 0, 50)];
    await send('grown', sent);
    const came = (): Set<string> => new Set(records.map(({ value }) => value?.toString() ?? ''));
    await until(() => came().size >= sent.length, 'all is read');
    await reader.stop(1000);
    expect([...came()].sort()).toEqual(sent.map(([, value]) => value).sort());
  });

  it('whose only server has died holds up none of the others, is named, and goes on when that is back', async () => {
    await makeTopic(kafka.access, 'spread', 4);
    const { records, states, reader } = await consume(kafka.access, 'spread');
    const partitions = [0, 1, 2, 3];
    await send(
      'spread',
      partitions.flatMap((partition) => numbered(partition, 0, 20)),
    );
    const came = (): Set<string> => new Set(records.map(({ value }) => value?.toString() ?? ''));
    await until(() => came().size === 80, 'all is read');
    await other.kill();
    await until(() => states.at(-1)?.is === 'partly', 'it says so');
    // until the controller has taken it for dead
    await until(() => JSON.stringify(states.at(-1)).includes('it has no leader'), 'it says why');
    const told = JSON.stringify(states.at(-1));
    const away = partitions.filter((partition) => told.includes(`partition ${partition} of topic spread: `));
    const there = partitions.filter((partition) => !away.includes(partition));
    expect([away.length > 0, there.length > 0]).toEqual([true, true]);
    await send(
      'spread',
      there.flatMap((partition) => numbered(partition, 20, 40)),
    );
    await until(() => came().size === 80 + 20 * there.length, 'the others are read');
    expect(states.slice(1).some(({ is }) => is === 'failed')).toBe(false);

    await other.revive();
    await until(() => states.at(-1)?.is === 'reading', 'all are read again');
    await send(
      'spread',
      away.flatMap((partition) => numbered(partition, 20, 40)),
    );
    await until(() => came().size === 160, 'these, too');
    await reader.stop(1000);
  });

  it('whose only server has died holds up no event without a key, and none whose key belongs to another', async () => {
    await makeTopic(kafka.access, 'written', 4);
    const opened = await openTopic(await loadKafka(), {
      access: kafka.access,
      topic: 'written',
      creation: undefined,
      signal: NEVER,
    });
    const aRecord = (key?: string) => ({
      key: key === undefined ? undefined : Buffer.from(key),
      value: Buffer.from('{}'),
      headers: [],
    });
    const keyed = Array.from({ length: 40 }, (_, index) => aRecord(`k-${index}`));
    const keyless = Array.from({ length: 8 }, () => aRecord());
    expect(await opened.producing.send([...keyed, ...keyless])).toEqual([]);
    await other.kill();
    let refused: readonly object[] = [];
    await until(async () => {
      // what the client remembers of leaders is old until it is asked anew
      await opened.check();
      refused = await opened.producing.send([...keyed, ...keyless]).catch(() => []);
      return refused.length > 0;
    }, 'some have no leader');
    expect(keyless.some((record) => refused.includes(record))).toBe(false);
    expect(refused.length).toBeLessThan(keyed.length);
    await other.revive();
    await until(async () => {
      await opened.check();
      refused = await opened.producing.send(keyed).catch(() => keyed);
      return refused.length === 0;
    }, 'all are taken again');
    await opened.producing.close();
  });

  it('keeps its order and all of its records, though Kafka is killed amid', async () => {
    await makeTopic(kafka.access, 'amid', 2);
    const { records, reader } = await consume(kafka.access, 'amid', {
      async deliver(record) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        records.push(record);
        return true;
      },
    });
    await send('amid', [...numbered(0, 0, 400), ...numbered(1, 0, 400)]);
    await until(() => records.length > 100, 'amid');
    await kafka.kill();
    await kafka.revive();
    const firstSeen = (partition: number): string[] => [
      ...new Set(
        records.filter((record) => record.partition === partition).map(({ value }) => value?.toString() ?? ''),
      ),
    ];
    await until(() => firstSeen(0).length + firstSeen(1).length === 800, 'all is read');
    await reader.stop(1000);
    for (const partition of [0, 1]) {
      expect(firstSeen(partition)).toEqual(numbered(partition, 0, 400).map(([, value]) => value));
    }
  });

  it('with records of megabytes is read beside one that is never empty', async () => {
    await withAdmin((admin) =>
      admin.createTopics({
        topics: ['large'],
        partitions: 2,
        replicas: 1,
        configs: [{ name: 'max.message.bytes', value: String(10 * 1024 * 1024) }],
      }),
    );
    let isOver = false;
    const { records, reader } = await consume(kafka.access, 'large');
    const flow = (async () => {
      for (let index = 0; !isOver; index++) await send('large', numbered(0, index * 50, index * 50 + 50));
    })();
    await until(() => records.length > 0, 'the flow');
    for (let index = 0; index < 3; index++) await send('large', [[1, `${index}`.repeat(7 * 1024 * 1024)]]);
    await until(() => records.filter(({ partition }) => partition === 1).length >= 3, 'the large ones');
    isOver = true;
    await flow;
    await reader.stop(1000);
    const large = records.filter(({ partition }) => partition === 1).map(({ value }) => value?.toString('utf8', 0, 1));
    expect([...new Set(large)]).toEqual(['0', '1', '2']);
  });
});

describe('a Kafka that answers nothing any more', () => {
  it('holds up no end', async () => {
    await makeTopic(kafka.access, 'frozen');
    const { records, reader } = await consume(kafka.access, 'frozen');
    await send('frozen', numbered(0, 0, 3));
    await until(() => records.length === 3, 'read');
    await kafka.freeze();
    const began = performance.now();
    await reader.stop(2000);
    const seconds = (performance.now() - began) / 1000;
    await kafka.thaw();
    // one request alone would wait for 60 s
    expect(seconds).toBeLessThan(30);
    process.stderr.write(`ended within ${seconds.toFixed(1)} s\n`);
  });
});
