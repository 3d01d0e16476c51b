import { describe, expect, it } from '@jest/globals';
import {
  dns1035LabelErrors,
  dns1035PrefixErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  qualifiedNameErrors,
} from '../../src/kubernetes/names.ts';
import { expectGrowsWithSize } from '../growth.ts';

describe('names', () => {
  it.each([
    [dns1123LabelErrors, '9a-b', []],
    [dns1123LabelErrors, 'a.b', ['must not contain dots']],
    [dns1123LabelErrors, 'a'.repeat(64), ['must be no more than 63 characters']],
    [dns1123LabelErrors, 'a-', [expect.stringMatching(/^a lowercase RFC 1123 label must consist of/)]],
    [dns1123SubdomainErrors, 'a.b-c.9', []],
    [dns1123SubdomainErrors, 'a..b', [expect.stringMatching(/^a lowercase RFC 1123 subdomain must consist of/)]],
    [dns1035LabelErrors, 'a9', []],
    [dns1035LabelErrors, '9a', [expect.stringMatching(/^a DNS-1035 label must consist of/)]],
    [dns1035LabelErrors, 'é', [expect.stringMatching(/^a DNS-1035 label must consist of/)]],
    [dns1035PrefixErrors, 'a-', []],
    [dns1035PrefixErrors, '-', [expect.stringMatching(/^a DNS-1035 label must consist of/)]],
    [qualifiedNameErrors, 'example.com/My_Name.1', []],
    [qualifiedNameErrors, '/a', ['prefix part must be non-empty']],
    [qualifiedNameErrors, 'a/', ['name part must be non-empty', expect.stringMatching(/^name part must consist of/)]],
    [qualifiedNameErrors, 'a/b/c', [expect.stringMatching(/^a valid label key must consist of/)]],
    [qualifiedNameErrors, 'a'.repeat(64), ['name part must be no more than 63 bytes']],
  ] as const)('%p says of "%s" %p', (errorsOf, name, expected) => {
    expect(errorsOf(name)).toEqual(expected);
  });

  it('takes a long hostile name in linear time', () => {
    expectGrowsWithSize(100_000, (size) => `${'a-'.repeat(size)}!`, dns1123SubdomainErrors);
  });
});
