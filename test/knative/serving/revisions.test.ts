import { describe, expect, it } from '@jest/globals';
import { configurationOf, isActive, isReady, serviceOf } from '../../../src/knative/serving/revisions.ts';
import { aRevision } from '../../controllers/schedule/shop.ts';

const REVISION = { namespace: 'shop', name: 'cart-00001' };

describe('a Revision', () => {
  it.each(['active', 'reserve', 'pending'] as const)('in %s', (routingState) => {
    expect(isActive(aRevision({ ...REVISION, routingState }))).toBe(routingState === 'active');
  });

  it('says whose it is', () => {
    const revision = aRevision({ ...REVISION, service: 'till' });
    expect([serviceOf(revision), configurationOf(revision)]).toEqual(['till', 'till']);
    expect([serviceOf({}), configurationOf({})]).toEqual([undefined, undefined]);
  });

  it.each`
    conditions                                                                  | ready
    ${[{ type: 'Ready', status: 'True' }]}                                      | ${true}
    ${[{ type: 'Active', status: 'False' }, { type: 'Ready', status: 'True' }]} | ${true}
    ${[{ type: 'Ready', status: 'Unknown' }]}                                   | ${false}
    ${[{ type: 'ContainerHealthy', status: 'True' }]}                           | ${false}
    ${'True'}                                                                   | ${false}
    ${[7, null]}                                                                | ${false}
  `('with $conditions is ready: $ready', ({ conditions, ready }) => {
    expect(isReady({ status: { conditions } })).toBe(ready);
  });
});
