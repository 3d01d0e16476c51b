/** What is told of lanes, and when. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_DELIVERY } from '../../../controllers/eventing/delivery/brokerDelivery.ts';
import { type LaneSays, Lanes } from '../../../controllers/eventing/delivery/lanes.ts';
import { retriesOf } from '../../../src/knative/eventing/retries.ts';
import { HandPlane } from './harness.ts';

const SAYS: LaneSays = {
  kind: 'trigger',
  uid: 'first',
  topic: 'broker:shop/default',
  subscriber: 'http://cart',
  reply: 'topic',
  deadLetter: '',
  delivery: { retry: 1 },
  filter: {},
  isOrdered: false,
  isStructured: false,
};

class FullDisk extends HandPlane {
  isFull = false;

  override setLanes(entries: Parameters<HandPlane['setLanes']>[0]): void {
    if (this.isFull) throw new Error('the disk is full');
    super.setLanes(entries);
  }
}

let plane: FullDisk;
let lanes: Lanes;

beforeEach(() => {
  plane = new FullDisk();
  lanes = new Lanes(plane);
});

describe('lanes', () => {
  it('are told all at once, and then as they change', () => {
    lanes.put('a', SAYS);
    lanes.remove('a');
    expect(plane.told).toBe(0);
    lanes.begin(new Map([['a', SAYS]]));
    lanes.put('a', { ...SAYS });
    expect(plane.told).toBe(1);
    lanes.put('b', SAYS);
    lanes.put('a', { ...SAYS, delivery: { retry: 2 } });
    expect(plane.told).toBe(3);
    lanes.remove('c');
    expect(plane.told).toBe(3);
    lanes.remove('a');
    expect([...(plane.lanes?.keys() ?? [])]).toEqual(['b']);
  });

  it('are told again where they could not be written down', () => {
    plane.isFull = true;
    expect(() => lanes.begin(new Map([['a', SAYS]]))).toThrow('full');
    expect(lanes.isBegun).toBe(false);
    plane.isFull = false;
    lanes.begin(new Map([['a', SAYS]]));

    plane.isFull = true;
    expect(() => lanes.put('b', SAYS)).toThrow('full');
    plane.isFull = false;
    lanes.put('b', SAYS);
    expect([...(plane.lanes?.keys() ?? [])]).toEqual(['a', 'b']);

    plane.isFull = true;
    expect(() => lanes.remove('b')).toThrow('full');
    plane.isFull = false;
    lanes.remove('b');
    expect([...(plane.lanes?.keys() ?? [])]).toEqual(['a']);
  });

  it('go with their object, where one of the same name follows so soon that nobody saw that there was none', () => {
    lanes.removeOther('a', 'first');
    lanes.begin(new Map([['a', SAYS]]));
    lanes.removeOther('a', 'first');
    lanes.removeOther('b', 'first');
    expect(plane.told).toBe(1);
    lanes.removeOther('a', 'second');
    expect([...(plane.lanes?.keys() ?? [])]).toEqual([]);
    expect(lanes.known('a', SAYS)).toBeUndefined();
    lanes.put('a', { ...SAYS, uid: 'second' });
    lanes.removeOther('a', 'second');
    expect([...(plane.lanes?.keys() ?? [])]).toEqual(['a']);
    expect(plane.told).toBe(3);
  });

  it('know where one led, and of one from before the start what its status says', () => {
    const inStatus = { ...SAYS, subscriber: 'http://before' };
    plane.before.add('old');
    expect(lanes.known('old', inStatus)?.subscriber).toBe('http://before');
    expect(lanes.known('new', inStatus)).toBeUndefined();
    lanes.begin(new Map([['old', SAYS]]));
    expect(lanes.known('old', inStatus)?.subscriber).toBe('http://cart');
  });
});

it('the delivery of a Broker that says nothing is read as any other', () => {
  const retries = retriesOf(DEFAULT_DELIVERY);
  expect(retries.most).toBe(10);
  expect(retries.wait(3, { status: 500 }, 0)).toBe(1600);
});
