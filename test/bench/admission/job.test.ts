import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { percentile, readRequests, writeRequests } from '../../../bench/admission/load/job.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file of requests', () => {
  it('gives back what was written, bodies that are no text included', () => {
    const requests = [
      { path: '/validate/prod', body: Buffer.from('{"ä":1}') },
      { path: '/', body: Buffer.from([0, 255, 10]) },
      { path: '/mutate/prod', body: Buffer.alloc(0) },
    ];
    const file = join(folder, 'requests');
    writeRequests(file, requests);
    expect(readRequests(file)).toEqual(requests);
  });
});

describe('percentile', () => {
  it.each<{ values: number[]; share: number; expected: number }>`
    values                | share   | expected
    ${[7]}                | ${0.5}  | ${7}
    ${[1, 2, 3, 4]}       | ${0.5}  | ${2}
    ${[1, 2, 3, 4]}       | ${1}    | ${4}
    ${hundred()}          | ${0.99} | ${99}
    ${[...hundred(), 99]} | ${0.5}  | ${51}
    ${[]}                 | ${0.5}  | ${Number.NaN}
  `('$share of $values.length values', ({ values, share, expected }) => {
    expect(percentile(values, share)).toBe(expected);
  });

  function hundred(): number[] {
    return Array.from({ length: 100 }, (_, index) => index + 1);
  }
});
