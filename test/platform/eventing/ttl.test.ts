/** As knative/eventing pkg/broker/ttl.go counts, whose number is read by cloudevents/sdk-go types.ToInteger. */
import { describe, expect, it } from '@jest/globals';
import { mayReenter, turnsLeft } from '../../../src/platform/eventing/ttl.ts';
import { anEvent } from './kit.ts';

describe('the turns that an event has left', () => {
  it.each([
    { given: undefined, left: 255 },
    { given: '', left: 255 },
    { given: ' ', left: 255 },
    { given: 'many', left: 255 },
    { given: 'Infinity', left: 255 },
    { given: '0x10', left: 255 },
    { given: '3000000000', left: 255 },
    { given: '-3000000000', left: 255 },
    { given: '2147483647', left: 2_147_483_646 },
    { given: '1e2', left: 99 },
    { given: '6', left: 5 },
    { given: 6, left: 5 },
    { given: '2.5', left: 1 },
    { given: '2', left: 1 },
    { given: '1.9', left: undefined },
    { given: '1', left: undefined },
    { given: '0', left: undefined },
    { given: '-3', left: undefined },
  ])('$given: $left', ({ given, left }) => {
    const event = anEvent('a', given === undefined ? {} : { knativebrokerttl: given });
    expect(turnsLeft(event)).toBe(left);
    expect(mayReenter('broker:shop/default', event)).toBe(left !== undefined);
    expect(mayReenter('channel:shop/orders', event)).toBe(true);
  });
});
