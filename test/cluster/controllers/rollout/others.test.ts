/** Who else writes a Service in the middle of a canary, under Knative's real webhook and controllers. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { events } from '../../../../src/cli/doctor/resources.ts';
import { stringAt } from '../../../../src/kubernetes/json.ts';
import { FIRST, MINUTE, SECOND, SLOW_MS, Stage } from './stage.ts';

const stage = new Stage();
beforeAll(() => stage.begin(), SLOW_MS);
afterEach(() => stage.close());
afterAll(() => stage.end());

/** Each has half of it. */
async function halfway(): Promise<void> {
  await stage.open();
  await stage.deploy('2');
  await stage.becomes('00001 50, 00002 50 candidate', 'Progressing', 5);
  // pinned, the candidate at 0, its step
  expect(stage.writes).toBe(3);
}

describe('in the middle of a canary', () => {
  it(
    'what Git writes into spec.traffic stands, and the step begins anew once it leaves it out',
    async () => {
      await halfway();
      await stage.applyAs('argocd-controller', { traffic: [{ latestRevision: true, percent: 100 }] });
      await stage.until('the rollout stands still', 0, async () => {
        return (await stage.condition('Suspended')).startsWith('True WaitingForGit');
      });
      expect(await stage.condition('Suspended')).toContain('argocd-controller');
      await stage.pass(10 * MINUTE);
      expect([await stage.traffic(), stage.writes]).toEqual(['latest 100', 3]);

      // Knative's webhook fills in what is left out
      await stage.applyAs('argocd-controller', {});
      await stage.becomes('00001 50, 00002 50 candidate', 'Progressing');
      expect(await stage.condition('Suspended')).toMatch(/^False/);
      expect(stage.writes).toBe(4);
      await stage.becomes('00002 100', 'Healthy', 5);
      expect(await stage.revisions()).toEqual([FIRST, SECOND]);
      expect(stage.writes).toBe(5);
    },
    SLOW_MS,
  );

  it(
    "a person's edit of spec.traffic is put back in one write, and told",
    async () => {
      await halfway();
      await stage.edit({ traffic: [{ revisionName: SECOND, percent: 100, latestRevision: false }] });
      await stage.becomes('00001 50, 00002 50 candidate', 'Progressing');
      expect(stage.writes).toBe(4);
      const { namespace } = stage;
      await stage.until('an Event says so', 0, async () => {
        const { items } = await stage.cluster.client.list(events, { namespace });
        const told = items.filter((each) => stringAt(each, 'reason') === 'TrafficTakenBack');
        return told.some((each) => stringAt(each, 'message')?.startsWith('kubectl-edit has changed spec.traffic'));
      });
      expect(await stage.revisions()).toEqual([FIRST, SECOND]);
    },
    SLOW_MS,
  );

  it(
    'a Service that is deleted is not made anew, and another one of its name begins anew',
    async () => {
      await halfway();
      await stage.deleteService();
      await stage.until('its Revisions are gone', 0, async () => (await stage.revisions()).length === 0);
      await stage.until('the rollout says that there is none', 0, async () => {
        return (await stage.condition('Protected')).startsWith('False Service: there is no Service api-service');
      });
      await stage.pass(10 * MINUTE);
      await expect(stage.traffic()).rejects.toMatchObject({ status: 404 });
      expect(stage.writes).toBe(3);

      await stage.deploy('3', '2');
      await stage.becomes('00001 100', 'Healthy');
      expect((await stage.status()).failed).toBeUndefined();
      expect(await stage.revisions()).toEqual([FIRST]);
      expect(stage.writes).toBe(4);
    },
    SLOW_MS,
  );
});
