import { describe, expect, it } from '@jest/globals';
import { imageDigest } from '../../../../src/policy/rules/images/digest.ts';
import { aPolicy, aService, judgeBy, messages } from '../../builders.ts';

describe('images/digest', () => {
  it.each<[image: string, expected: string | undefined]>([
    [`cart@sha256:${'a'.repeat(64)}`, undefined],
    [`cart:1@sha256:${'0'.repeat(64)}`, undefined],
    ['cart:1', 'image cart:1 of container 1 has no digest; append @sha256: and its 64 digits'],
    [
      'cart@sha256:0123',
      'image cart@sha256:0123 of container 1 has a digest that is none; append @sha256: and its 64 digits',
    ],
  ])('%s gives %j', (image, expected) => {
    expect(messages(judgeBy(imageDigest, aService({ image })))).toEqual(expected === undefined ? [] : [expected]);
  });

  it('leaves an image without a tag to images/tag, unless that is off', () => {
    const service = aService({ image: 'cart' });
    expect(judgeBy(imageDigest, service)).toEqual([]);
    expect(judgeBy(imageDigest, service, aPolicy({ actions: { 'images/tag': 'off' } }))).toHaveLength(1);
  });
});
