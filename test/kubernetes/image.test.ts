import { describe, expect, it } from '@jest/globals';
import { parseImage } from '../../src/kubernetes/image.ts';

describe('parseImage', () => {
  it.each([
    ['nginx', 'docker.io', 'library/nginx', undefined, undefined],
    ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', undefined],
    ['bitnami/kubectl', 'docker.io', 'bitnami/kubectl', undefined, undefined],
    ['docker.io/nginx', 'docker.io', 'library/nginx', undefined, undefined],
    ['index.docker.io/bitnami/kubectl', 'docker.io', 'bitnami/kubectl', undefined, undefined],
    ['registry.example.com/cart:1@sha256:0123', 'registry.example.com', 'cart', '1', 'sha256:0123'],
    ['Registry.Example.com/cart', 'registry.example.com', 'cart', undefined, undefined],
    ['localhost/cart', 'localhost', 'cart', undefined, undefined],
    ['localhost:5000/cart', 'localhost:5000', 'cart', undefined, undefined],
    ['registry:5000/cart:2', 'registry:5000', 'cart', '2', undefined],
    ['ghcr.io/knative/serving/queue:v1', 'ghcr.io', 'knative/serving/queue', 'v1', undefined],
    ['registry.example.com@evil.io/cart', 'docker.io', 'library/registry.example.com', undefined, 'evil.io/cart'],
    ['', 'docker.io', 'library/', undefined, undefined],
    ['/', 'docker.io', '/', undefined, undefined],
  ])('%s', (image, host, path, tag, digest) => {
    expect(parseImage(image)).toEqual({ host, path, tag, digest });
  });
});
