import { describe, expect, it } from '@jest/globals';
import { resourceRequestOf, stepsOf } from '../../../../src/platform/apiserver/http/requestInfo.ts';
import { withoutSlashesAtEnd } from '../../../../src/platform/apiserver/http/slashes.ts';
import { expectGrowsWithSize } from '../../../growth.ts';

const SLASHES = '/'.repeat(60_000);

describe('slashes', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['/', []],
    ['///', []],
    ['/api/v1/', ['api', 'v1']],
    ['//api//v1', ['api', '', 'v1']],
    [`${SLASHES}api${SLASHES}`, ['api']],
    ['/a%2Fb', ['a/b']],
  ])('around %j are no steps', (path, steps) => {
    expect(stepsOf(path)).toEqual(steps);
  });

  it.each([
    ['', ''],
    ['/', ''],
    ['/apis//', '/apis'],
    ['//apis', '//apis'],
  ])('at the end of %j are not kept', (path, expected) => {
    expect(withoutSlashesAtEnd(path)).toBe(expected);
  });

  it.each(['/x', '/api/v1/pods', ''])('in thousands are read at once, behind "%s"', (before) => {
    const pathOf = (count: number) => `${before}${'/'.repeat(count)}x`;
    expectGrowsWithSize(60_000, pathOf, (path) => resourceRequestOf('GET', path, new URLSearchParams()));
    expectGrowsWithSize(60_000, pathOf, withoutSlashesAtEnd);
  });
});
