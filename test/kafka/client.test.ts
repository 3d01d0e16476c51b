/** Members of groups and writers of topics, on a real Kafka. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeRecord, encodeRecord, type RecordContent } from '../../src/cloudevents/kafka.ts';
import { loadKafka } from '../../src/platform/eventing/kafka/library.ts';
import { kafkaSentence } from '../../src/platform/eventing/kafka/sentence.ts';
import { openTopic } from '../../src/platform/eventing/kafka/topic.ts';
import { startWriter } from '../../src/platform/eventing/kafka/writer.ts';
import { makeCertificates } from './certificates.ts';
import { accessTo, consume, makeTopic, NEVER, produce, type SuiteKafka, startSuiteKafka, until } from './kafka.ts';

const USER = { name: 'ana', password: 'hunter2-secret' };
let kafka: SuiteKafka;
const certificates = makeCertificates();
const { ca, client } = certificates;

beforeAll(async () => {
  const { certificate, key } = certificates.server;
  kafka = await startSuiteKafka({ user: USER, tls: { certificate, key, ca: certificates.ca } });
});
afterAll(() => kafka.end());

function text(value: string, key?: string): RecordContent {
  return { key: key === undefined ? undefined : Buffer.from(key), value: Buffer.from(value), headers: [] };
}

describe('a topic', () => {
  it('is written and read with keys, headers and offsets', async () => {
    await makeTopic(kafka.access, 'round', 3);
    const attributes = new Map(
      Object.entries({ specversion: '1.0', id: '1', source: '/s', type: 't', partitionkey: 'café' }),
    );
    await produce(kafka.access, 'round', [
      encodeRecord({ attributes, data: Buffer.from('{}') }, 'binary'),
      encodeRecord({ attributes, data: undefined }, 'structured'),
      encodeRecord({ attributes, data: undefined }, 'binary'),
    ]);
    const { records, reader } = await consume(kafka.access, 'round');
    await until(() => records.length === 3, 'read');
    await reader.stop(0);
    expect(records.map((record) => decodeRecord(record).ok)).toEqual([true, true, true]);
    // one key, one partition, in order
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(1);
    expect(records.map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
    expect(records[0]?.key?.toString()).toBe('café');
    expect(records[2]?.value).toBeUndefined();
    expect(Math.abs((records[0]?.timestamp ?? 0) - Date.now())).toBeLessThan(600_000);
  });

  it('puts keys where Java puts them, and others in turn', async () => {
    await makeTopic(kafka.access, 'keys', 8);
    // of Kafka's own tests of its murmur2 (clients UtilsTest.java), as positive numbers
    const hashes = { '21': -973_932_308, foobar: -790_332_482, 'a-little-bit-long-string': -985_981_536 };
    const others = Array.from({ length: 8 }, (_, index) => `other-${index}`);
    await produce(kafka.access, 'keys', [
      ...Object.keys(hashes).map((key) => text(key, key)),
      ...others.map((each) => text(each)),
    ]);
    const { records, reader } = await consume(kafka.access, 'keys');
    // a partition of a topic that was just made may have no leader yet, and what went along is sent again
    await until(() => new Set(records.map(({ value }) => value?.toString())).size === 11, 'read');
    await reader.stop(0);
    for (const [key, hash] of Object.entries(hashes)) {
      const record = records.find((each) => each.key?.toString() === key);
      expect([key, record?.partition]).toEqual([key, (hash & 0x7fffffff) % 8]);
    }
    expect(new Set(records.filter(({ key }) => key === undefined).map(({ partition }) => partition)).size).toBe(8);
  });

  it('that is not there is told by its name', async () => {
    const { states, reader } = await consume(kafka.access, 'missing');
    await until(() => states.length > 0, 'told');
    await reader.stop(0);
    expect(states[0]).toMatchObject({
      is: 'failed',
      sentence: expect.stringContaining('there is no topic missing at 127.0.0.1:'),
    });
  });

  it('takes no record beyond its bound, and the others all the same', async () => {
    await makeTopic(kafka.access, 'large');
    const opened = await openTopic(await loadKafka(), {
      access: kafka.access,
      topic: 'large',
      creation: undefined,
      signal: NEVER,
    });
    const writer = startWriter({ producing: opened.producing, access: kafka.access, isTooLarge: opened.isTooLarge });
    const answers = await Promise.all([
      writer.write(text('a')),
      writer.write(text('x'.repeat(2_000_000))),
      writer.write(text('b')),
    ]);
    await writer.close();
    expect(answers.map(({ is }) => is)).toEqual(['written', 'tooLarge', 'written']);
  });
});

describe('a group', () => {
  it('shares the partitions among its members, and leaves nothing out when one of them goes', async () => {
    await makeTopic(kafka.access, 'shared', 4);
    const group = 'shared-group';
    const [one, other] = [
      await consume(kafka.access, 'shared', { group }),
      await consume(kafka.access, 'shared', { group }),
    ];
    const ids = (): Set<string> =>
      new Set([...one.records, ...other.records].map(({ value }) => value?.toString() ?? ''));
    let sent = 0;
    const send = (count: number) =>
      produce(
        kafka.access,
        'shared',
        Array.from({ length: count }, () => text(`${sent++}`)),
      );
    await send(400);
    await until(() => ids().size === 400, 'all are read');
    await until(async () => {
      await send(40);
      return one.records.length > 0 && other.records.length > 0;
    }, 'both read');
    await one.reader.stop(1000);
    await send(400);
    await until(() => ids().size === sent, 'all are read by the other');
    const before = other.records.length;
    await send(10);
    await until(() => other.records.length >= before + 10, 'and go on');
    await other.reader.stop(1000);
    expect(ids().size).toBe(sent);
  });

  it('begins with what comes after it was ready, where it begins with the latest', async () => {
    await makeTopic(kafka.access, 'latest');
    await produce(kafka.access, 'latest', [text('before')]);
    const group = 'latest-group';
    const first = await consume(kafka.access, 'latest', { group, initialOffset: 'latest' });
    await until(() => first.states.length > 0, 'ready');
    await first.reader.stop(0);
    await produce(kafka.access, 'latest', [text('while nobody read')]);
    const second = await consume(kafka.access, 'latest', { group, initialOffset: 'latest' });
    await until(() => second.records.length > 0, 'read');
    await second.reader.stop(0, true);
    expect(second.records.map(({ value }) => value?.toString())).toEqual(['while nobody read']);
    // it was forgotten
    const third = await consume(kafka.access, 'latest', { group });
    await until(() => third.records.length === 2, 'read from the beginning');
    await third.reader.stop(0);
  });

  it('outlives a Kafka that is killed and comes back', async () => {
    await makeTopic(kafka.access, 'revived');
    const { records, states, reader } = await consume(kafka.access, 'revived');
    await produce(kafka.access, 'revived', [text('before')]);
    await until(() => records.length === 1, 'read');
    await kafka.kill();
    await until(() => states.at(-1)?.is === 'failed', 'it says so');
    expect(states.at(-1)).toMatchObject({ sentence: expect.stringContaining('no Kafka answers at 127.0.0.1:') });
    await kafka.revive();
    await until(() => states.at(-1)?.is === 'reading', 'it reads again');
    await produce(kafka.access, 'revived', [text('after')]);
    await until(() => records.some(({ value }) => value?.toString() === 'after'), 'read');
    await reader.stop(0);
  });
});

describe('users and certificates', () => {
  const { name: username, password } = USER;

  it.each(['PLAIN', 'SCRAM-SHA-512'] as const)('by %s', async (mechanism) => {
    const access = accessTo(kafka.sasl, { sasl: { mechanism, username, password } });
    const topic = `sasl-${mechanism.toLowerCase()}`;
    await makeTopic(access, topic);
    await produce(access, topic, [text('hello')]);
    const { records, reader } = await consume(access, topic);
    await until(() => records.length === 1, 'read');
    await reader.stop(0);
  });

  it.each(['PLAIN', 'SCRAM-SHA-512'] as const)(
    'that are wrong are refused by %s, without a word of them',
    async (mechanism) => {
      const access = accessTo(kafka.sasl, { sasl: { mechanism, username, password: 'wrong-secret' } });
      const { states, reader } = await consume(access, 'round');
      await until(() => states.length > 0, 'refused');
      await reader.stop(0);
      expect(states[0]).toMatchObject({ sentence: expect.stringMatching(/^Kafka at .* refused the credentials: /) });
      expect(JSON.stringify(states)).not.toContain('wrong-secret');
    },
  );

  it('by TLS, with a certificate of both sides', async () => {
    const access = accessTo(kafka.ssl, { tls: { ca, cert: client.certificate, key: client.key } });
    await makeTopic(access, 'tls');
    await produce(access, 'tls', [text('hello')]);
    const { records, reader } = await consume(access, 'tls');
    await until(() => records.length === 1, 'read');
    await reader.stop(0);
  });

  it('of another authority are not accepted', async () => {
    const access = accessTo(kafka.ssl, { tls: { cert: client.certificate, key: client.key } });
    const failure: unknown = await openTopic(await loadKafka(), {
      access,
      topic: 'tls',
      creation: undefined,
      signal: NEVER,
    }).catch((error) => error);
    expect(kafkaSentence(failure, access)).toMatch(/^the TLS of Kafka at .* is not accepted: /);
  });
});
