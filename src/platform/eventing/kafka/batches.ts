/** Records out of batches, as Kafka keeps them. */
import type { Place, ReadRecord, Wanted } from './record.ts';

/** What was read of a partition. */
export interface Read extends Place {
  readonly is: 'read';
  readonly records: readonly ReadRecord[];
  /** Where to go on: there may be more between records than is seen. */
  readonly next: bigint;
}

/** What of a batch of records counts. */
export interface Batch {
  readonly firstOffset: bigint;
  readonly lastOffsetDelta: number;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly attributes: number;
  readonly records: readonly {
    readonly offsetDelta: number;
    readonly timestampDelta: bigint;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
  }[];
}

const IS_LOG_APPEND_TIME = 0x08;
const IS_CONTROL = 0x20;

/** Batches come whole: they may begin before what was asked for. */
export function readBatches({ topic, partition, offset: from }: Wanted, batches: readonly Batch[]): Read {
  const records: ReadRecord[] = [];
  let next = from;
  for (const { firstOffset, lastOffsetDelta, firstTimestamp, maxTimestamp, attributes, records: all } of batches) {
    const behind = firstOffset + BigInt(lastOffsetDelta) + 1n;
    if (behind > next) next = behind;
    if ((attributes & IS_CONTROL) !== 0) continue;
    for (const { offsetDelta, timestampDelta, key, value, headers } of all) {
      const offset = firstOffset + BigInt(offsetDelta);
      if (offset < from) continue;
      const isAppended = (attributes & IS_LOG_APPEND_TIME) !== 0;
      records.push({
        topic,
        partition,
        offset,
        timestamp: Number(isAppended ? maxTimestamp : firstTimestamp + timestampDelta),
        key: key ?? undefined,
        value: value ?? undefined,
        // a header without a value says nothing that an attribute could hold
        headers: headers.flatMap(([name, text]) =>
          name === null || text === null ? [] : [[name.toString('utf8'), text]],
        ),
      });
    }
  }
  return { is: 'read', topic, partition, records, next };
}
