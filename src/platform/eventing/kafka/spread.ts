/** Which partition each record goes to: that of its key, or any that has a leader, as Kafka's own producer does. */
import type { RecordContent } from '../../../cloudevents/kafka.ts';

export interface Placed {
  readonly record: RecordContent;
  readonly partition: number;
}

export interface Spread {
  readonly placed: readonly Placed[];
  /** Whose key belongs to a partition without a leader: elsewhere its order would be lost. All where none has one. */
  readonly leaderless: readonly RecordContent[];
  /** Of the next record without a key. */
  readonly nextTurn: number;
}

/**
 * @param hasLeader by the numbers of partitions
 * @param hashOf of a key, as Java's client has it
 * @param turn of the first record without a key; one with a key takes none, or those without would come to the same again
 */
export function spreadOver(
  records: readonly RecordContent[],
  hasLeader: readonly boolean[],
  hashOf: (key: Buffer) => number,
  turn: number,
): Spread {
  const led = [...hasLeader.keys()].filter((partition) => hasLeader[partition]);
  const placed: Placed[] = [];
  const leaderless: RecordContent[] = [];
  let nextTurn = turn;
  for (const record of records) {
    const { key } = record;
    const partition = key === undefined ? led[nextTurn++ % led.length] : hashOf(key) % hasLeader.length;
    if (partition !== undefined && hasLeader[partition]) placed.push({ record, partition });
    else leaderless.push(record);
  }
  return { placed, leaderless, nextTurn };
}
