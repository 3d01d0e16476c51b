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

  it('is a write, too, that was taken and undone five times within a minute', () => {
    const clock = new FakeClock();
    const refusals = new Refusals(clock);
    const write = (times: number, what = 'min-scale 10'): string | undefined => {
      for (let time = 0; time < times; time++) refusals.taken('uid', what);
      return refusals.find('uid', what);
    };
    expect(write(4)).toBeUndefined();
    expect(write(1, 'min-scale 2')).toBeUndefined();
    expect(write(4)).toBeUndefined();
    clock.advance(60_000);
    expect(write(4)).toBeUndefined();
    expect(write(1)).toContain('somebody else undid the same write 5 times');
    clock.advance(REFUSED_MS);
    expect(refusals.find('uid', 'min-scale 10')).toBeUndefined();
    expect(write(4)).toBeUndefined();
  });
});
