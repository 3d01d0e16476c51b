import { describe, expect, it } from '@jest/globals';
import { sideBySide } from '../../../controllers/schedule/sideBySide.ts';

describe('side by side', () => {
  it('is so many at once, each once', async () => {
    let atOnce = 0;
    let most = 0;
    const done: number[] = [];
    await sideBySide([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++atOnce);
      await Promise.resolve();
      done.push(item);
      atOnce--;
    });
    expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
    await sideBySide([], 3, () => Promise.reject(new Error('there is nothing to do')));
  });

  it('begins nothing after an error, and ends what is under way before it tells', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = sideBySide([1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('no');
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(item);
    });
    await expect(work).rejects.toThrow('no');
    expect([begun, ended]).toEqual([[1, 2], [2]]);
  });
});
