import { describe, expect, it } from '@jest/globals';
import { movedText, nearest } from '../../../../src/platform/eventing/kafka/progress.ts';

describe('where a partition goes on', () => {
  it.each<[was: bigint, is: bigint]>([
    [4n, 5n],
    [5n, 5n],
    [7n, 7n],
    [9n, 9n],
    [10n, 5n],
  ])('that was at %d, of 5 to 9, is %d', (was, is) => {
    expect(nearest(was, { earliest: 5n, latest: 9n })).toBe(is);
  });

  it('is said', () => {
    expect(movedText({ topic: 'orders', partition: 1 }, 4n, 5n)).toBe(
      'of partition 1 of topic orders, offset 4 is not there any more, or not yet: reading on from 5',
    );
  });
});
