import { describe, expect, it } from '@jest/globals';
import { parseImage } from '../../../../src/kubernetes/image.ts';
import { matchesImage } from '../../../../src/policy/rules/images/pattern.ts';
import { imageRegistry } from '../../../../src/policy/rules/images/registry.ts';
import { aPolicy, aService, judgeBy, messages, paths } from '../../builders.ts';

describe('a registry pattern', () => {
  it.each<[pattern: string, image: string, matches: boolean]>([
    ['registry.example.com/*', 'registry.example.com/shop/cart:1', true],
    ['registry.example.com/*', 'REGISTRY.example.com/shop/cart:1', true],
    ['registry.example.com/*', 'registry.example.com.evil.io/shop/cart:1', false],
    ['registry.example.com/*', 'registry.example.com:5000/shop/cart:1', false],
    ['registry.example.com/*', 'evil.io/registry.example.com/shop/cart:1', false],
    ['registry.example.com/*', 'cart:1', false],
    ['registry.example.com', 'registry.example.com/shop/cart:1', true],
    ['registry.example.com/', 'registry.example.com/shop/cart:1', true],
    ['registry.example.com', 'registry.example.com.evil.io/cart:1', false],
    ['registry.example.com*', 'registry.example.com.evil.io/cart:1', false],
    ['registry.example.com*', 'registry.example.com/cart:1', true],
    ['registry.example.com:5000/*', 'registry.example.com:5000/cart', true],
    ['registry:5000/*', 'registry:5000/cart', true],
    ['localhost:5000', 'localhost:5000/cart', true],
    ['*.example.com/*', 'eu.example.com/cart:1', true],
    ['*.example.com/*', 'evil.io/x.example.com/cart:1', false],
    ['*.example.com*', 'eu.example.com.evil.io/cart', false],
    ['registry.example.com/shop/*', 'registry.example.com/shop/cart:1', true],
    ['registry.example.com/shop/*', 'registry.example.com/shopping/cart:1', false],
    ['registry.example.com/shop/cart', 'registry.example.com/shop/cart:1@sha256:0', true],
    ['registry.example.com/shop/cart:1.*', 'registry.example.com/shop/cart:1.4', true],
    ['registry.example.com/shop/cart:1.*', 'registry.example.com/shop/cart:2.4', false],
    ['nginx', 'nginx:1.27', true],
    ['nginx', 'docker.io/library/nginx', true],
    ['nginx', 'evil/nginx', false],
    ['docker.io/*', 'nginx', true],
    ['docker.io/nginx', 'nginx', true],
    ['docker.io/library/*', 'bitnami/kubectl', false],
    ['bitnami/*', 'bitnami/kubectl', true],
    ['bitnami/*', 'bitnami.evil.io/kubectl', false],
    ['*', 'anything.example/x', true],
  ])('%s and %s: %s', (pattern, image, matches) => {
    expect(matchesImage(pattern, parseImage(image))).toBe(matches);
  });
});

describe('images/registry', () => {
  const policy = aPolicy({ images: { registries: ['registry.example.com/*', 'ghcr.io/knative/*'] } });
  const allowed = 'comes from no registry that prod allows (registry.example.com/*, ghcr.io/knative/*)';

  it.each<[image: string, expected: string[]]>([
    ['registry.example.com/cart:1', []],
    ['gcr.io/cart:1', [`image gcr.io/cart:1 of container 1 ${allowed}`]],
    ['nginx', [`image nginx, which is docker.io/library/nginx, of container 1 ${allowed}`]],
    ['team/cart:1', [`image team/cart:1, which is docker.io/team/cart, of container 1 ${allowed}`]],
  ])('%s gives %j', (image, expected) => {
    expect(messages(judgeBy(imageRegistry, aService({ image }), policy))).toEqual(expected);
  });

  it('says nothing where the policy names no registries', () => {
    expect(judgeBy(imageRegistry, aService({ image: 'nginx' }), aPolicy())).toEqual([]);
  });

  it('judges init containers and image volumes', () => {
    const podSpec = {
      initContainers: [{ name: 'migrate', image: 'migrate:1' }],
      volumes: [null, { name: 'model', image: { reference: 'models/bert:2' } }],
    };
    expect(paths(judgeBy(imageRegistry, aService({ podSpec }), policy))).toEqual([
      '/spec/template/spec/initContainers/0/image',
      '/spec/template/spec/volumes/1/image/reference',
    ]);
  });

  it.each([[{ image: 7 }], [{ image: null }], [{ image: ['x'] }]])('leaves %j to Kubernetes', (container) => {
    expect(judgeBy(imageRegistry, aService({ container }), policy)).toEqual([]);
  });
});
