/** A preview, the switch, and the way back, under Knative's real controllers. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FIRST, MINUTE, SECOND, SLOW_MS, Stage } from './stage.ts';

const stage = new Stage();
beforeAll(() => stage.begin(), SLOW_MS);
afterEach(() => stage.close());
afterAll(() => stage.end());

const BLUE_GREEN = { blueGreen: { autoPromoteAfter: '1m', keepOld: '1h' } };

/** The second Revision serves, and the first one is kept. */
async function switched(): Promise<void> {
  await stage.open(BLUE_GREEN);
  await stage.deploy('2');
  await stage.becomes('00001 100, 00002 0 preview', 'Checking');
  await stage.becomes('00002 100, 00001 0 previous', 'Healthy', 5);
  // pinned, the preview, the switch
  expect(stage.writes).toBe(3);
}

describe('blueGreen', () => {
  it(
    'keeps the old one for keepOld, by a tag that Knative heeds its min-scale for, and goes back in one write',
    async () => {
      await switched();
      // past the stable window, in which it would be held anyway
      await stage.pass(10 * MINUTE);
      expect([await stage.routingState(FIRST), await stage.minScale(FIRST)]).toEqual(['active', '2']);
      await stage.say('undo');
      await stage.becomes('00001 100', 'Failed');
      expect(await stage.condition('Ready')).toMatch(/^False Undone/);
      expect(stage.writes).toBe(4);

      await stage.until('what was undone may go', 0, async () => (await stage.routingState(SECOND)) === 'reserve');
      await stage.pass(60 * MINUTE);
      expect([await stage.traffic(), stage.writes]).toEqual(['00001 100', 4]);
      expect(await stage.revisions()).toEqual([FIRST, SECOND]);
    },
    SLOW_MS,
  );

  it(
    'lets the old one go after keepOld, and warms it under its tag before it goes back to it',
    async () => {
      await switched();
      await stage.pass(60 * MINUTE);
      await stage.becomes('00002 100', 'Healthy');
      expect(stage.writes).toBe(4);
      await stage.until('the old one may go', 0, async () => (await stage.routingState(FIRST)) === 'reserve');

      await stage.say('undo');
      // the clock stands: nothing is due
      await stage.becomes('00001 100', 'Failed');
      expect(await stage.condition('Ready')).toMatch(/^False Undone/);
      expect(await stage.routingState(FIRST)).toBe('active');
      // at 0 under its tag, and then all of it
      expect(stage.writes).toBe(6);
      expect(await stage.revisions()).toEqual([FIRST, SECOND]);
    },
    SLOW_MS,
  );
});
