import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Alarms } from '../../src/kubernetes/alarms.ts';
import { FakeClock } from './client/fakeClock.ts';

function ringing(): { clock: FakeClock; alarms: Alarms; rung: string[]; in(ms: number): number } {
  const clock = new FakeClock();
  const rung: string[] = [];
  const alarms = new Alarms(clock, (key) => rung.push(key));
  return { clock, alarms, rung, in: (ms) => clock.now().getTime() + ms };
}

describe('Alarms', () => {
  it('ring at their moments, the soonest first, behind one timer', () => {
    const { clock, alarms, rung, in: at } = ringing();
    alarms.set('late', at(3_000));
    alarms.set('soon', at(1_000));
    alarms.set('later', at(2_000));
    expect(clock.waiting).toBe(1);
    clock.advance(999);
    expect(rung).toEqual([]);
    clock.advance(1);
    expect(rung).toEqual(['soon']);
    clock.advance(5_000);
    expect(rung).toEqual(['soon', 'later', 'late']);
    expect(clock.waiting).toBe(0);
  });

  it('has one moment a key, the last that was said', () => {
    const { clock, alarms, rung, in: at } = ringing();
    alarms.set('a', at(1_000));
    alarms.set('a', at(2_000));
    clock.advance(1_500);
    expect(rung).toEqual([]);
    alarms.set('a', at(100));
    clock.advance(100);
    expect(rung).toEqual(['a']);
    expect(alarms.size).toBe(0);
  });

  it('rings no more where it was called off', () => {
    const { clock, alarms, rung, in: at } = ringing();
    alarms.set('a', at(1_000));
    alarms.set('b', at(1_000));
    alarms.clear('a');
    alarms.clear('nobody');
    clock.advance(1_000);
    expect(rung).toEqual(['b']);
  });

  it('rings at once for a moment that is past, and not before it is asked again', () => {
    const { clock, alarms, rung, in: at } = ringing();
    alarms.set('a', at(-1));
    expect(rung).toEqual([]);
    clock.advance(0);
    expect(rung).toEqual(['a']);
  });

  it('may be set again while it rings', () => {
    const clock = new FakeClock();
    let count = 0;
    const alarms: Alarms = new Alarms(clock, (key) => {
      count++;
      if (count < 3) alarms.set(key, clock.now().getTime() + 1_000);
    });
    alarms.set('a', clock.now().getTime() + 1_000);
    clock.advance(10_000);
    expect(count).toBe(3);
  });

  it('notices within half a minute that the clock was set forward', () => {
    const { clock, alarms, rung, in: at } = ringing();
    let ahead = 0;
    const moved = new Alarms(
      { now: () => new Date(clock.now().getTime() + ahead), after: (ms, call) => clock.after(ms, call) },
      (key) => rung.push(key),
    );
    moved.set('a', at(36_000_000));
    alarms.stop();
    ahead = 36_000_000;
    clock.advance(30_000);
    expect(rung).toEqual(['a']);
  });

  it.each([
    { back: 36_000_000, expected: ['a', 'b'] },
    { back: 900, expected: [] },
  ])('where the clock is set back by $back ms rings $expected within half a minute, once', ({ back, expected }) => {
    const { clock, alarms, rung, in: at } = ringing();
    let behind = 0;
    const moved = new Alarms(
      { now: () => new Date(clock.now().getTime() - behind), after: (ms, call) => clock.after(ms, call) },
      (key) => rung.push(key),
    );
    moved.set('a', at(36_000_000));
    moved.set('b', at(72_000_000));
    alarms.stop();
    behind = back;
    clock.advance(30_000);
    expect(rung).toEqual(expected);
    moved.set('c', at(36_000_000));
    clock.advance(60_000);
    expect(rung).toEqual(expected);
  });

  it('is silent once it is stopped', () => {
    const { clock, alarms, rung, in: at } = ringing();
    alarms.set('a', at(1));
    alarms.stop();
    alarms.set('b', at(1));
    clock.advance(10);
    expect([rung, clock.waiting]).toEqual([[], 0]);
  });

  it('rings for whatever was set last, in the order of the moments', () => {
    const change = fc.record({
      key: fc.integer({ min: 0, max: 30 }),
      at: fc.option(fc.integer({ min: 1, max: 20_000 })),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const { clock, alarms, rung, in: at } = ringing();
        const wanted = new Map<string, number>();
        for (const { key, at: ms } of changes) {
          if (ms === null) {
            alarms.clear(`${key}`);
            wanted.delete(`${key}`);
          } else {
            alarms.set(`${key}`, at(ms));
            wanted.set(`${key}`, ms);
          }
        }
        clock.advance(20_000);
        expect(rung.map((key) => wanted.get(key))).toEqual([...wanted.values()].sort((a, b) => a - b));
        expect([...rung].sort()).toEqual([...wanted.keys()].sort());
      }),
    );
  });
});
