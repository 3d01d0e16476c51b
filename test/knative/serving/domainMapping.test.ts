import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { addedTo, errorsOf } from './builders.ts';

const reference = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' };

function aMapping(metadata: JsonObject, ref: JsonObject = reference): JsonObject {
  const named = { name: 'hello.example.com', namespace: 'shop', ...metadata };
  return { apiVersion: 'serving.knative.dev/v1beta1', kind: 'DomainMapping', metadata: named, spec: { ref } };
}

describe('checkDomainMapping', () => {
  it.each<{ metadata: JsonObject; expected: readonly string[] }>`
    metadata                                    | expected
    ${{}}                                       | ${[]}
    ${{ name: 'example.com.' }}                 | ${[]}
    ${{ name: 'hello' }}                        | ${['name: invalid name "hello": name: Invalid value: "hello": should be a domain with at least two segments separated by dots']}
    ${{ name: '' }}                             | ${['name: invalid name "": name: Required value']}
    ${{ name: 'hello.shop.svc.cluster.local' }} | ${['name: invalid name "hello.shop.svc.cluster.local": must not be a subdomain of cluster local domain "cluster.local"']}
    ${{ generateName: 'x' }}                    | ${['generateName: must not set the field(s)']}
  `('says $expected of $metadata', ({ metadata, expected }) => {
    expect(errorsOf(aMapping(metadata))).toEqual(expected.map((error) => `/metadata/${error}`));
  });

  it.each<{ ref: JsonObject; expected: readonly string[] }>`
    ref                                    | expected
    ${{}}                                  | ${['name: missing field(s)', 'apiVersion: missing field(s)', 'kind: missing field(s)']}
    ${{ ...reference, namespace: 'shop' }} | ${[]}
    ${{ ...reference, namespace: 'x' }}    | ${['namespace: mismatched namespaces']}
    ${{ ...reference, group: 'x' }}        | ${['group: must not set the field(s)']}
  `('says $expected of the target $ref', ({ ref, expected }) => {
    expect(errorsOf(aMapping({}, ref))).toEqual(expected.map((error) => `/spec/ref/${error}`));
  });

  it('fills in the namespace of the target', () => {
    expect(addedTo(aMapping({}))).toEqual({ '/spec/ref/namespace': 'shop' });
  });
});
