import { describe, expect, it } from '@jest/globals';
import { imageTag } from '../../../../src/policy/rules/images/tag.ts';
import { aPolicy, aService, judgeBy, messages } from '../../builders.ts';

const noTag = (image: string) => `image ${image} of container 1 has no tag; name the version that was built`;
const latest = (image: string) => `image ${image} of container 1 has the tag latest; name the version that was built`;

describe('images/tag', () => {
  it.each<[image: string, expected: string[]]>([
    ['registry.example.com/cart:1.4', []],
    ['registry.example.com/cart@sha256:0123', []],
    ['registry.example.com/cart', [noTag('registry.example.com/cart')]],
    ['registry.example.com/cart:latest', [latest('registry.example.com/cart:latest')]],
    ['localhost:5000/cart', [noTag('localhost:5000/cart')]],
    ['localhost:5000/cart:2', []],
  ])('%s gives %j', (image, expected) => {
    expect(messages(judgeBy(imageTag, aService({ image })))).toEqual(expected);
  });

  it('judges init containers too, by their place', () => {
    const service = aService({ podSpec: { initContainers: [{ name: 'migrate', image: 'migrate' }] } });
    expect(judgeBy(imageTag, service)).toMatchObject([{ path: '/spec/template/spec/initContainers/0/image' }]);
  });

  it.each<[movingTags: string[], tag: string, expected: number]>([
    [['latest', 'main'], 'main', 1],
    [['latest', 'main'], 'maintenance', 0],
    [['dev-*'], 'dev-7', 1],
    [['dev-*'], 'latest', 0],
  ])('takes %j for moving: %s', (movingTags, tag, expected) => {
    const service = aService({ image: `registry.example.com/cart:${tag}` });
    expect(judgeBy(imageTag, service, aPolicy({ images: { movingTags } }))).toHaveLength(expected);
  });
});
