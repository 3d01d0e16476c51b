/** What comes in the middle of a canary, under Knative's real controllers: a newer Revision, and then stable's own template. */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { FIRST, FOURTH, MINUTE, SECOND, SLOW_MS, Stage, THIRD } from './stage.ts';

const stage = new Stage();
beforeAll(() => stage.begin(), SLOW_MS);
afterEach(() => stage.close());
afterAll(() => stage.end());

it(
  "a newer Revision takes the candidate's place from the first step, and stable's template is pinned without any",
  async () => {
    await stage.open();
    await stage.deploy('2');
    await stage.becomes('00001 50, 00002 50 candidate', 'Progressing', 5);
    // pinned, the candidate at 0, its step
    expect(stage.writes).toBe(3);

    stage.podless(THIRD);
    await stage.deploy('3');
    await stage.becomes('00001 100', 'Starting');
    expect(stage.writes).toBe(4);
    stage.podless(undefined);
    await stage.becomes('00001 100, 00003 0 candidate', 'Checking');
    expect(stage.writes).toBe(5);

    stage.podless(FOURTH);
    await stage.deploy('1', '2');
    await stage.becomes('00001 100', 'Starting');
    expect(stage.writes).toBe(6);
    // the clock stands: no interval is measured, and no step lasts
    stage.podless(undefined);
    await stage.becomes('00004 100', 'Healthy');
    // it is warmed under the candidate's tag, and then has everything
    expect(stage.writes).toBe(8);
    expect(await stage.revisions()).toEqual([FIRST, SECOND, THIRD, FOURTH]);

    await stage.until('Knative keeps no pods for what was overtaken', 30, async () => {
      return (await stage.mayGoToZero(SECOND)) && (await stage.mayGoToZero(THIRD));
    });
    await stage.pass(10 * MINUTE);
    expect([await stage.traffic(), stage.writes]).toEqual(['00004 100', 8]);
  },
  SLOW_MS,
);
