import { describe, expect, it } from '@jest/globals';
import { describe as describeObject, shortTitleOf, titleOf, withName } from '../../src/kubernetes/object.ts';

const reference = { apiVersion: 'v1', kind: 'Service', namespace: '', name: '' };

describe('what an object is called', () => {
  it.each`
    namespace | name      | title                         | short                         | inList
    ${''}     | ${'cart'} | ${'Service cart'}             | ${'cart'}                     | ${'Service cart'}
    ${'shop'} | ${'cart'} | ${'Service cart'}             | ${'cart'}                     | ${'Service shop/cart'}
    ${''}     | ${''}     | ${'a Service without a name'} | ${'a Service without a name'} | ${'a Service without a name'}
    ${'shop'} | ${''}     | ${'a Service without a name'} | ${'a Service without a name'} | ${'a Service without a name in shop'}
  `('$namespace and $name give $inList', ({ namespace = '', name = '', title, short, inList }) => {
    const given = { ...reference, namespace, name };
    expect([titleOf(given), shortTitleOf(given), describeObject(given)]).toEqual([title, short, inList]);
  });

  it.each(['ApiServerSource', 'exception', 'InMemoryChannel'])('an article fits %s', (noun) => {
    expect(withName(noun, '')).toBe(`an ${noun} without a name`);
  });
});
