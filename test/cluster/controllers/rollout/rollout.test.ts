/** A canary, step by step, under Knative's real controllers. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { stringAt } from '../../../../src/kubernetes/json.ts';
import { FIRST, MINUTE, SECOND, SLOW_MS, Stage } from './stage.ts';

const stage = new Stage();
beforeAll(() => stage.begin(), SLOW_MS);
afterEach(() => stage.close());
afterAll(() => stage.end());

describe('a new Revision', () => {
  it(
    'gets no traffic by itself, then half of it, then all, with the pods for it',
    async () => {
      await stage.open();
      await stage.deploy('2');
      await stage.becomes('00001 100, 00002 0 candidate', 'Checking');
      await stage.becomes('00001 50, 00002 50 candidate', 'Progressing', 5);
      await stage.becomes('00002 100', 'Healthy', 5);
      expect(await stage.minScale(SECOND)).toBe('2');
      await stage.until('nothing is held any more', 30, async () => (await stage.minScale(SECOND)) === '1');
      expect(await stage.revisions()).toEqual([FIRST, SECOND]);
      // pinned, the candidate at 0, its step, and the end
      expect(stage.writes).toBe(4);
    },
    SLOW_MS,
  );

  it(
    'of which Knative does not say any more whether it is Ready loses it at the deadline',
    async () => {
      await stage.open();
      await stage.deploy('2');
      await stage.becomes('00001 50, 00002 50 candidate', 'Progressing', 5);
      await stage.forget(SECOND);
      await stage.until(`${SECOND} is not known to be Ready, and the rollout has seen that`, 0, async () => {
        const isUnknown = (await stage.readiness(SECOND)).startsWith('Unknown');
        return isUnknown && stringAt(await stage.status(), 'candidate', 'unknownSince') !== undefined;
      });
      await stage.pass(10 * MINUTE);
      expect([await stage.traffic(), (await stage.status()).phase]).toEqual(['00001 100', 'Failed']);
    },
    SLOW_MS,
  );

  it(
    'that answers badly loses it in one write',
    async () => {
      await stage.open();
      await stage.deploy('2');
      await stage.becomes('00001 50, 00002 50 candidate', 'Progressing', 5);
      stage.errors.set(SECOND, 0.5);
      const before = stage.writes;
      await stage.becomes('00001 100', 'Failed', 5);
      expect(stage.writes - before).toBe(1);
      expect(await stage.revisions()).toEqual([FIRST, SECOND]);
      await stage.pass(10 * MINUTE);
      expect(await stage.traffic()).toBe('00001 100');
    },
    SLOW_MS,
  );

  it(
    'that is never Ready gets nothing, has failed at the deadline, and may go to zero',
    async () => {
      await stage.open();
      stage.podless(SECOND);
      await stage.deploy('2');
      await stage.until(`${SECOND} is waited for`, 0, async () => {
        const { phase, candidate } = await stage.status();
        return phase === 'Starting' && stringAt(candidate, 'revision') === SECOND;
      });
      expect(await stage.readiness(SECOND)).toMatch(/^Unknown/);
      await stage.pass(10 * MINUTE - 1_000);
      expect((await stage.status()).phase).toBe('Starting');
      await stage.pass(1_000);
      expect([await stage.traffic(), (await stage.status()).phase]).toEqual(['00001 100', 'Failed']);
      expect(await stage.condition('Ready')).toMatch(/^False NotReady: .*it was not Ready in time/);
      await stage.until('Knative keeps no pods for it', 5, () => stage.mayGoToZero(SECOND));
      expect(await stage.revisions()).toEqual([FIRST, SECOND]);
      // pinned: it never was in there
      expect(stage.writes).toBe(1);
    },
    SLOW_MS,
  );
});
