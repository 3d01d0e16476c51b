import { describe, expect, it } from '@jest/globals';
import { isImageReference } from '../../../src/knative/serving/imageReference.ts';

const sha = 'a'.repeat(64);

describe('isImageReference', () => {
  it.each([
    'ab',
    'library/nginx:1.27',
    'localhost:5000/a/b',
    'registry.example.com/shop/checkout:v1',
    `registry.example.com/shop/checkout@sha256:${sha}`,
    `registry.example.com/shop/checkout:v1@sha256:${sha}`,
    'registry.example.com/ab:',
    '[::1]:80/ab',
    ']:80/ab',
    // A host called "https:" with an empty port: no image can come from there, but Knative only reads the text.
    'https://registry.example.com/ab',
  ])('takes %s', (image) => {
    expect(isImageReference(image)).toBe(true);
  });

  it.each([
    '',
    'a',
    'Shop/checkout',
    'a b',
    'registry.example.com/Shop',
    'ab@sha256:abc',
    `ab@sha512:${sha}`,
    `ab@sha256:${sha}@sha256:${sha}`,
    `ab:${'t'.repeat(129)}`,
    'a'.repeat(256),
    'user@registry.example.com/ab',
    'registry.example.com:port/ab',
  ])('does not take "%s"', (image) => {
    expect(isImageReference(image)).toBe(false);
  });
});
