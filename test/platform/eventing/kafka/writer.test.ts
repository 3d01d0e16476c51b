import { describe, expect, it } from '@jest/globals';
import type { RecordContent } from '../../../../src/cloudevents/kafka.ts';
import { startWriter, type Writer } from '../../../../src/platform/eventing/kafka/writer.ts';
import { refused, SERVER } from './fakeKafka.ts';

const ACCESS = { servers: [SERVER], security: {} };

interface Started {
  readonly writer: Writer;
  /** How many records went together. */
  readonly batches: number[];
  /** Lets the sends that wait go on. */
  release(): void;
}

function start(
  send: (records: readonly RecordContent[]) => Promise<unknown> = () => Promise.resolve(),
  isHeld = false,
): Started {
  const batches: number[] = [];
  const gate = Promise.withResolvers<void>();
  const writer = startWriter({
    access: ACCESS,
    isTooLarge: (error) => error instanceof Error && error.message === 'too large',
    producing: {
      async send(records) {
        batches.push(records.length);
        if (isHeld) await gate.promise;
        const left = await send(records);
        return Array.isArray(left) ? left : [];
      },
      close: () => Promise.resolve(),
    },
  });
  return { writer, batches, release: () => gate.resolve() };
}

function aRecord(bytes = 10): RecordContent {
  return { key: undefined, value: Buffer.alloc(bytes), headers: [] };
}

describe('a writer', () => {
  it('sends together what comes together, and tells each when it is written', async () => {
    const { writer, batches, release } = start(undefined, true);
    let written = 0;
    const all = Array.from({ length: 5 }, () => writer.write(aRecord()).then(() => written++));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(written).toBe(0);
    release();
    await Promise.all(all);
    expect(batches).toEqual([5]);
  });

  it('sends no more together than Kafka takes', async () => {
    const { writer, batches } = start();
    await Promise.all(Array.from({ length: 4 }, () => writer.write(aRecord(200_000))));
    expect(batches).toEqual([2, 2]);
    await writer.write(aRecord(700_000));
    await Promise.all(Array.from({ length: 501 }, () => writer.write(aRecord(1))));
    expect(batches.slice(2)).toEqual([1, 500, 1]);
  });

  it('tells those apart whose partition has no leader', async () => {
    const keyed = { ...aRecord(), key: Buffer.from('ana') };
    const keyless = aRecord();
    const { writer } = start(() => Promise.resolve([keyed, keyless]));
    const answers = await Promise.all([keyed, aRecord(), keyless].map((record) => writer.write(record)));
    expect(answers).toEqual([
      { is: 'failed', sentence: 'the partition of its key has no leader at the moment; send it again' },
      { is: 'written' },
      { is: 'failed', sentence: 'no partition of the topic has a leader at the moment; send it again' },
    ]);
  });

  it('refuses what is too large alone, and writes what came with it', async () => {
    const { writer } = start((records) =>
      records.some(({ value }) => (value?.length ?? 0) > 1000)
        ? Promise.reject(new Error('too large'))
        : Promise.resolve(),
    );
    const answers = await Promise.all([writer.write(aRecord()), writer.write(aRecord(2000)), writer.write(aRecord())]);
    expect(answers.map(({ is }) => is)).toEqual(['written', 'tooLarge', 'written']);
  });

  it('says what Kafka says, and goes on with what comes', async () => {
    let isAway = true;
    const { writer } = start(() => (isAway ? Promise.reject(refused()) : Promise.resolve()));
    expect(await writer.write(aRecord())).toEqual({
      is: 'failed',
      sentence: expect.stringContaining('no Kafka answers at'),
    });
    isAway = false;
    expect(await writer.write(aRecord())).toEqual({ is: 'written' });
  });

  it('takes no more than may wait', async () => {
    const { writer, release } = start(undefined, true);
    const all = Array.from({ length: 10 }, () => writer.write(aRecord(7 * 1024 * 1024)));
    release();
    const answers = (await Promise.all(all)).map(({ is }) => is);
    expect(answers.filter((is) => is === 'written')).toHaveLength(9);
    expect(answers.at(-1)).toBe('full');
    expect(await writer.write(aRecord(7 * 1024 * 1024))).toEqual({ is: 'written' });
  });

  it('answers those who wait when it ends', async () => {
    const { writer, batches, release } = start(undefined, true);
    const first = writer.write(aRecord());
    while (batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const second = writer.write(aRecord());
    await writer.close();
    expect(await second).toMatchObject({ is: 'failed' });
    release();
    expect(await first).toEqual({ is: 'written' });
    expect(await writer.write(aRecord())).toMatchObject({ is: 'failed' });
  });
});
