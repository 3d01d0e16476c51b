import { describe, expect, it } from '@jest/globals';
import { resourceRequestOf, stepsOf } from '../../../../src/platform/apiserver/http/requestInfo.ts';
import { withoutSlashesAtEnd } from '../../../../src/platform/apiserver/http/slashes.ts';

const SLASHES = '/'.repeat(60_000);
/** Looking at each slash once takes a millisecond, once for each other one seconds. */
const QUICK_MILLISECONDS = 1_000;

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

  it.each([`/x${SLASHES}x`, `/api/v1/pods${SLASHES}x`, `${SLASHES}x`])('in thousands are read at once', (path) => {
    const start = performance.now();
    resourceRequestOf('GET', path, new URLSearchParams());
    withoutSlashesAtEnd(path);
    expect(performance.now() - start).toBeLessThan(QUICK_MILLISECONDS);
  });
});
