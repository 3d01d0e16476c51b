/** Values that Go cannot read, in its words: recorded from kube-apiserver 1.36 and from Go's own packages. */
import { describe, expect, it } from '@jest/globals';
import { base64Fault } from '../../../../src/platform/apiserver/objects/base64.ts';
import { versionFault } from '../../../../src/platform/apiserver/objects/metadata/metadata.ts';

describe('base64', () => {
  it.each([
    ['', undefined],
    ['YQ==', undefined],
    ['YWI=', undefined],
    ['YWJj', undefined],
    ['YW\r\nJj\n', undefined],
    ['YQ=\n=\n', undefined],
    ['?', 0],
    ['not base64', 3],
    ['é', 0],
    ['YWJjé', 4],
    ['Y', 0],
    ['YWJjYQ', 4],
    ['YQ=', 3],
    ['YQ=a', 2],
    ['YQ==a', 4],
    ['YWI=a', 4],
    ['=', 0],
    ['Y===', 1],
    ['\nY?', 2],
    ['YWJj\nY', 5],
  ])('%j', (text, byte) => {
    expect(base64Fault(text)).toBe(byte === undefined ? undefined : `illegal base64 data at input byte ${byte}`);
  });
});

describe('resourceVersion', () => {
  it.each([
    ['', undefined],
    ['1', undefined],
    ['18446744073709551615', undefined],
    ['18446744073709551616', 'strconv.ParseUint: parsing "18446744073709551616": value out of range'],
    ['x', 'strconv.ParseUint: parsing "x": invalid syntax'],
    ['-1', 'strconv.ParseUint: parsing "-1": invalid syntax'],
    ['1_0', 'strconv.ParseUint: parsing "1_0": invalid syntax'],
  ])('%j', (version, fault) => {
    expect(versionFault(version)).toBe(fault);
  });
});
