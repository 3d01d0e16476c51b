import { describe, expect, it } from '@jest/globals';
import { childName, privateServiceName, revisionName } from '../../../controllers/serving/names.ts';

describe('names of children', () => {
  it.each([
    ['cart', '-deployment', 'cart-deployment'],
    ['f'.repeat(55), '-private', `${'f'.repeat(55)}-private`],
    // of knative/serving pkg/reconciler/serverlessservice/resources/names/names_test.go
    ['f'.repeat(63), '-private', `${'f'.repeat(23)}105d7597f637e83cc711605ac3ea4957-private`],
  ])('%s with %s', (parent, suffix, name) => {
    expect(childName(parent, suffix)).toBe(name);
    expect(name.length).toBeLessThanOrEqual(63);
  });

  it('are cut also where the suffix is long', () => {
    const name = childName('cart', `-${'s'.repeat(62)}`);
    expect(name).toHaveLength(63);
    expect(name).toMatch(/^cart[0-9a-f]{32}-s+$/);
  });

  it('count generations in five digits', () => {
    expect(revisionName('cart', 7)).toBe('cart-00007');
    expect(revisionName('cart', 123_456)).toBe('cart-123456');
    expect(privateServiceName('cart-00007')).toBe('cart-00007-private');
  });
});
