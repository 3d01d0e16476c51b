import { describe, expect, it } from '@jest/globals';
import { REFUSED_MS, Refusals } from '../../../controllers/minScale/refusals.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';

describe('a refusal', () => {
  it('is known for the very same write, and for a while', () => {
    const clock = new FakeClock();
    const refusals = new Refusals(clock);
    refusals.add('uid', 'min-scale 10', 'not today');
    clock.advance(REFUSED_MS - 1);
    expect(refusals.find('uid', 'min-scale 10')).toBe('not today');
    expect(refusals.find('uid', 'min-scale 9')).toBeUndefined();
    expect(refusals.find('other', 'min-scale 10')).toBeUndefined();
    clock.advance(1);
    expect(refusals.find('uid', 'min-scale 10')).toBeUndefined();
  });
});
