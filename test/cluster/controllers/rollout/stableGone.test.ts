/** A stable Revision that somebody deletes, under Knative's real controllers. */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { revisions } from '../../../../src/knative/resources.ts';
import { FIRST, SECOND, SLOW_MS, Stage } from './stage.ts';

const stage = new Stage();
beforeAll(() => stage.begin(), SLOW_MS);
afterEach(() => stage.close());
afterAll(() => stage.end());

it(
  'a new Revision goes live at once where stable was deleted; what failed meanwhile is written nowhere, and keeps what it has',
  async () => {
    await stage.open();
    await stage.deploy('2');
    await stage.becomes('00001 50, 00002 50 candidate', 'Progressing', 5);
    const before = stage.writes;
    await stage.cluster.client.delete(revisions, { namespace: stage.namespace, name: FIRST });
    stage.errors.set(SECOND, 0.5);
    await stage.until('it has failed', 5, async () => (await stage.status()).phase === 'Failed');
    expect(await stage.condition('Ready')).toMatch(/^False StableGone: .*api-service-00002 has failed/);
    expect([await stage.traffic(), stage.writes - before]).toEqual(['00001 50, 00002 50 candidate', 0]);
    await stage.deploy('3');
    await stage.becomes('00003 100', 'Healthy', 5);
    expect(stage.writes - before).toBe(1);
  },
  SLOW_MS,
);
