import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '../../../src/kubernetes/clock.ts';
import { EventLog } from '../../../src/platform/eventing/log/eventLog.ts';
import type { Rows } from '../../../src/platform/eventing/log/rows.ts';
import { anEvent, TOPIC, temporaryFolder } from './kit.ts';

let place: ReturnType<typeof temporaryFolder>;
let log: EventLog;
let timers: Set<() => void>;
let lost: string[];

const clock: Clock = {
  now: () => new Date(0),
  after(_milliseconds, callback) {
    timers.add(callback);
    return () => void timers.delete(callback);
  },
};

beforeEach(() => {
  place = temporaryFolder();
  timers = new Set();
  lost = [];
  log = EventLog.open({
    file: path.join(place.folder, 'events.db'),
    clock,
    onLost: (sentence) => void lost.push(sentence),
  });
});

afterEach(async () => {
  await log.close();
  place.remove();
});

const append = (id: string, headers = {}) => log.append({ topic: TOPIC, event: anEvent(id), headers, lanes: [] });
/** Cannot be written as JSON. */
const poisoned = () => append('poisoned', { count: 1n });
const ids = () => log.reading.heads(0, 0, 100).map(({ attributes }) => attributes.get('id'));
const addLane = (key: string) => (rows: Rows) => void rows.addLane(key, TOPIC, 0);

describe('what can never be written', () => {
  it('holds up no event that came with it, and its sender is told', async () => {
    const [one, refused, other] = await Promise.allSettled([append('one'), poisoned(), append('other')]);
    expect(one).toEqual({ status: 'fulfilled', value: 1 });
    expect(refused).toMatchObject({ reason: { message: expect.stringContaining('BigInt') } });
    expect(other).toEqual({ status: 'fulfilled', value: 3 });
    expect(await append('next')).toBe(4);
    expect(ids()).toEqual(['one', 'other', 'next']);
  });

  it('is left out of what is written later, once, and is told', async () => {
    log.later(addLane('trigger:shop/one'));
    log.later((rows) => rows.setWaiting(1, { seq: 1, attempts: 1, due: Number.NaN }));
    log.later(addLane('trigger:shop/other'));
    expect(await append('one')).toBe(1);
    expect(log.rows.laneKeys().sort()).toEqual(['trigger:shop/one', 'trigger:shop/other']);
    await append('other');
    expect(lost).toEqual([expect.stringMatching(/events\.db: what became of an event is left out: .*due/)]);
  });

  it('keeps nobody from what is written at once', () => {
    log.later(() => {
      throw new Error('never');
    });
    expect(log.now((rows) => rows.addLane('trigger:shop/one', TOPIC, 0))).toBe(1);
    expect(lost).toHaveLength(1);
  });
});

describe('a full disk', () => {
  const full = Object.assign(new Error('database or disk is full'), { errcode: 13 });

  it('leaves nothing out, and is tried again', async () => {
    let isFull = true;
    log.later((rows) => {
      if (isFull) throw full;
      addLane('trigger:shop/one')(rows);
    });
    await expect(append('one')).rejects.toThrow('make room and send it again');
    expect(lost).toEqual([]);
    isFull = false;
    for (const timer of [...timers]) timer();
    expect(log.rows.laneKeys()).toEqual(['trigger:shop/one']);
  });

  it('leaves no timer behind at the end', async () => {
    log.later(() => {
      throw full;
    });
    await expect(append('one')).rejects.toThrow('disk is full');
    expect(timers.size).toBe(1);
    await log.close();
    expect(timers.size).toBe(0);
    log = EventLog.open({ file: path.join(place.folder, 'events.db'), clock });
  });
});

describe('what comes while the disk is busy', () => {
  let flushes: { readonly resolve: () => void; readonly reject: (error: Error) => void }[];

  beforeEach(async () => {
    await log.close();
    flushes = [];
    log = EventLog.open({
      file: path.join(place.folder, 'busy.db'),
      clock,
      flush: () =>
        new Promise((resolve, reject) => {
          flushes.push({ resolve, reject });
        }),
    });
  });

  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('shares the next flush, and is on the disk when its sender is told', async () => {
    const taken: number[] = [];
    const note = (id: string) => append(id).then((seq) => void taken.push(seq));
    const first = note('a');
    await turn();
    const others = [note('b'), note('c')];
    await turn();
    others.push(note('d'));
    await turn();
    expect([flushes.length, taken]).toEqual([1, []]);
    flushes[0]?.resolve();
    await first;
    await turn();
    expect([flushes.length, taken]).toEqual([2, [1]]);
    flushes[1]?.resolve();
    await Promise.all(others);
    expect([flushes.length, taken]).toEqual([2, [1, 2, 3, 4]]);
    expect(ids()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is refused where the disk fails, too', async () => {
    const first = append('a');
    await turn();
    const second = append('b');
    const refused = Promise.allSettled([first, second]);
    flushes[0]?.reject(new Error('EIO'));
    expect(await refused).toMatchObject([
      { reason: { message: expect.stringContaining('EIO') } },
      { reason: { message: expect.stringContaining('EIO') } },
    ]);
    await expect(append('c')).rejects.toThrow('EIO');
    expect(flushes).toHaveLength(1);
  });

  it('is on the disk at the end', async () => {
    const first = append('a');
    await turn();
    const second = append('b');
    const closing = log.close();
    flushes[0]?.resolve();
    await first;
    await turn();
    flushes[1]?.resolve();
    await Promise.all([second, closing]);
    log = EventLog.open({ file: path.join(place.folder, 'busy.db'), clock });
    expect(ids()).toEqual(['a', 'b']);
  });
});
