import { expect, it } from '@jest/globals';
import { Shares } from '../../../../src/platform/eventing/intake/shares.ts';

it('lets each have so much under way, whatever others have', () => {
  const shares = new Shares(100);
  const giveBack = shares.take('a', 60);
  expect(giveBack).toBeDefined();
  expect(shares.take('a', 41)).toBeUndefined();
  const rest = shares.take('a', 40);
  expect(rest).toBeDefined();
  expect(shares.take('b', 100)).toBeDefined();
  giveBack?.();
  expect(shares.take('a', 61)).toBeUndefined();
  expect(shares.take('a', 60)).toBeDefined();
});
