import { describe, expect, it } from '@jest/globals';
import { type Batch, readBatches } from '../../../../src/platform/eventing/kafka/batches.ts';
import { offsetsBy } from '../../../../src/platform/eventing/kafka/offsets.ts';

const PLACE = { topic: 'orders', partition: 1 };

function aBatch(firstOffset: bigint, values: readonly string[], changes: Partial<Batch> = {}): Batch {
  return {
    firstOffset,
    lastOffsetDelta: values.length - 1,
    firstTimestamp: 1000n,
    maxTimestamp: 5000n,
    attributes: 0,
    records: values.map((value, offsetDelta) => ({
      offsetDelta,
      timestampDelta: BigInt(offsetDelta),
      key: null,
      value: Buffer.from(value),
      headers: [],
    })),
    ...changes,
  };
}

function read(from: bigint, ...batches: readonly Batch[]): { values: (string | undefined)[]; next: bigint } {
  const { records, next } = readBatches({ ...PLACE, offset: from }, batches);
  return { values: records.map(({ offset, value }) => `${offset}:${value?.toString()}`), next };
}

const TIMES = { EARLIEST: -2n, LATEST: -1n } as const;

describe('offsets', () => {
  it('hold what the group has written down before their ends, though both go on meanwhile', async () => {
    let end = 5n;
    const goingOn = async (offset: () => bigint) => {
      await null;
      end += 10n;
      return new Map([['orders', [0n, offset()]]]);
    };
    const client = {
      listCommittedOffsets: () => goingOn(() => end),
      listOffsets: ({ timestamp }: { timestamp: bigint }) => {
        // as it is when it is asked, with an answer that takes its time
        const then = timestamp === TIMES.LATEST ? end : 0n;
        return goingOn(() => then);
      },
    };
    expect([...(await offsetsBy(client, TIMES, [PLACE])).values()]).toEqual([
      { committed: 15n, earliest: 0n, latest: 15n },
    ]);
  });

  it('say of what the group never wrote down that it did not, and nothing of no places', async () => {
    const told = async () => new Map([['orders', [3n, -1n]]]);
    const client = { listCommittedOffsets: told, listOffsets: async () => new Map([['orders', [3n, 4n]]]) };
    expect([...(await offsetsBy(client, TIMES, [PLACE])).values()]).toEqual([
      { committed: undefined, earliest: 4n, latest: 4n },
    ]);
    expect((await offsetsBy(client, TIMES, [])).size).toBe(0);
  });
});

describe('batches of records', () => {
  it('are read from where was asked, though they begin before', () => {
    expect(read(11n, aBatch(10n, ['a', 'b', 'c']), aBatch(13n, ['d']))).toEqual({
      values: ['11:b', '12:c', '13:d'],
      next: 14n,
    });
  });

  it.each<[title: string, batches: Batch[], next: bigint]>([
    ['nothing', [], 5n],
    ['what compaction left of a batch', [aBatch(5n, [], { lastOffsetDelta: 9 })], 15n],
    ['the mark of a transaction', [aBatch(5n, ['mark'], { attributes: 0x20 })], 6n],
    ['what was asked for no more', [aBatch(2n, ['x'])], 5n],
  ])('of %s lead on', (_, batches, next) => {
    expect(read(5n, ...batches)).toEqual({ values: [], next });
  });

  it('have the time of the producer, or of the server where that counts', () => {
    const times = (attributes: number) =>
      readBatches({ ...PLACE, offset: 0n }, [aBatch(0n, ['a', 'b'], { attributes })]).records.map(
        ({ timestamp }) => timestamp,
      );
    expect(times(0)).toEqual([1000, 1001]);
    expect(times(0x08)).toEqual([5000, 5000]);
  });

  it('leave out headers that hold nothing', () => {
    const [record] = aBatch(0n, ['a']).records;
    if (record === undefined) throw new Error('no record');
    const headers = [
      [Buffer.from('a'), Buffer.from('1')],
      [Buffer.from('b'), null],
      [null, Buffer.from('2')],
    ] as const;
    const { records } = readBatches({ ...PLACE, offset: 0n }, [
      aBatch(0n, [], { records: [{ ...record, value: null, headers }] }),
    ]);
    expect(records).toMatchObject([{ key: undefined, value: undefined, headers: [['a', Buffer.from('1')]] }]);
  });
});
