import { describe, expect, it } from '@jest/globals';
import { isKnativesOwn } from '../../src/knative/ownership.ts';

const service = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' };

describe('isKnativesOwn', () => {
  it.each([
    ['no owner', undefined, false],
    ['a Service that controls it', [{ ...service, controller: true }], true],
    ['a Service that only owns it', [service], false],
    ['a Sequence among others', [service, { apiVersion: 'flows.knative.dev/v1', controller: true }], true],
    ['a Deployment', [{ apiVersion: 'apps/v1', controller: true }], false],
    ['a group that only ends alike', [{ apiVersion: 'notknative.dev/v1', controller: true }], false],
    ['a text', 'Service', false],
    ['null in the list', [null], false],
  ])('%s', (_, ownerReferences, expected) => {
    const metadata = ownerReferences === undefined ? {} : { ownerReferences };
    expect(isKnativesOwn({ metadata })).toBe(expected);
  });
});
