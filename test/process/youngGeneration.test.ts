import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { expect, it } from '@jest/globals';

const MODULE = pathToFileURL('src/process/youngGeneration.ts').href;
const MIB = 1024 * 1024;

/** Makes objects of which every third lives on, and says how large the young generation was at most. */
function mostWith(setUp: string): number {
  const program = `
    import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
    import { boundYoungGeneration } from '${MODULE}';
    ${setUp}
    const kept = [];
    let most = 0;
    for (let round = 0; round < 150; round++) {
      for (let index = 0; index < 2000; index++) {
        const made = { index, list: [index, index + 1], text: 'x' + index };
        if (index % 3 === 0) kept.push(made);
      }
      most = Math.max(most, getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size);
      // what looks at each collection has its turn
      await new Promise((resolve) => setImmediate(resolve));
    }
    console.log(most, kept.length);
  `;
  return Number.parseInt(
    execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', program], { encoding: 'utf8' }),
    10,
  );
}

it('lets the young generation grow to its bound', () => {
  // between what V8 takes when it is not to grow (5 to 10 MiB here) and what it takes when nobody bounds it (32)
  const bound = 12 * MIB;
  const notGrowing = "setFlagsFromString('--semi-space-growth-factor=1');";
  const most = mostWith(`${notGrowing} boundYoungGeneration(${bound});`);
  expect(most).toBeGreaterThanOrEqual(bound);
  // one step more where it grew before somebody looked
  expect(most).toBeLessThanOrEqual(2 * bound);
  expect(mostWith('')).toBeGreaterThan(2 * bound);
  expect(mostWith(notGrowing)).toBeLessThan(bound);
});
