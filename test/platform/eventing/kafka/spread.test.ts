import { describe, expect, it } from '@jest/globals';
import type { RecordContent } from '../../../../src/cloudevents/kafka.ts';
import { spreadOver } from '../../../../src/platform/eventing/kafka/spread.ts';

/** A key is the number of its partition here. */
const hashOf = (key: Buffer): number => Number(key.toString());
const aRecord = (name: string): RecordContent => ({
  key: name === '-' ? undefined : Buffer.from(name),
  value: Buffer.from(name),
  headers: [],
});

describe('where records go', () => {
  it.each<[leaders: boolean[], keys: string, turn: number, placed: string, leaderless: string, next: number]>([
    [[true, true, true], '-----', 0, '-0 -1 -2 -0 -1', '', 5],
    [[true, true, true], '--', 5, '-2 -0', '', 7],
    [[true, false, true], '----', 0, '-0 -2 -0 -2', '', 4],
    [[true, false, true], '0-1-24', 0, '00 -0 -2 22', '1 4', 2],
    [[true, true], '0-0-0-', 0, '00 -0 00 -1 00 -0', '', 3],
    [[true, true], '01', 1, '00 11', '', 1],
    [[false, false], '-1', 0, '', '- 1', 1],
    [[], '-1', 0, '', '- 1', 1],
  ])('with leaders %j, %s at turn %d: %s', (leaders, keys, turn, placed, leaderless, next) => {
    const spread = spreadOver([...keys].map(aRecord), leaders, hashOf, turn);
    expect(spread.placed.map(({ record, partition }) => `${record.value}${partition}`).join(' ')).toBe(placed);
    expect(spread.leaderless.map(({ value }) => `${value}`).join(' ')).toBe(leaderless);
    expect(spread.nextTurn).toBe(next);
  });
});
