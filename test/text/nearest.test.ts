import { describe, expect, it } from '@jest/globals';
import { didYouMean, nearest } from '../../src/text/nearest.ts';

const NAMES = ['minScale', 'maxScale', 'target', 'targetUtilization', 'window', 'rules'];

describe('nearest', () => {
  it.each<[name: string, expected: string | undefined]>([
    ['maxscale', 'maxScale'],
    ['max-scale', 'maxScale'],
    ['mxaScale', 'maxScale'],
    ['maxScal', 'maxScale'],
    ['tarrget', 'target'],
    ['rule', 'rules'],
    ['ruels', 'rules'],
    ['wanted', undefined],
    ['x', undefined],
    ['', undefined],
    ['maxScale', 'minScale'],
    ['m'.repeat(10_000), undefined],
  ])('of %s is %s', (name, expected) => {
    expect(nearest(name, NAMES)).toBe(expected);
  });

  it('asks, or says nothing', () => {
    expect(didYouMean('maxscale', NAMES)).toBe('; did you mean "maxScale"?');
    expect(didYouMean('nothing', NAMES)).toBe('');
  });
});
