/** A stable Revision that somebody deletes in the middle of a rollout: spec.traffic never names what is not there. */
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { revisions } from '../../../src/knative/resources.ts';
import { atFirstStep } from './recorded.ts';
import { FIRST, MINUTE, SECOND, Stage, TIMEOUT } from './stage.ts';

jest.setTimeout(TIMEOUT);

const stage = new Stage();
beforeAll(() => stage.begin(), TIMEOUT);
afterEach(() => stage.close());
afterAll(() => stage.end());

it('what fails meanwhile keeps what it has, and a newer one goes live at once', async () => {
  const eye = await atFirstStep(stage);
  expect(await stage.traffic()).toBe('00001 90, 00002 10 candidate');

  eye.writes.length = 0;
  stage.fares.set(SECOND, { errors: 0.5 });
  await stage.pass(30_000);
  await stage.cluster.client.delete(revisions, { namespace: stage.namespace, name: FIRST });
  await stage.settle();
  await stage.pass(MINUTE);
  expect([await stage.phase(), eye.of('services')]).toEqual(['Failed 0 0%', []]);
  expect(await stage.traffic()).toBe('00001 90, 00002 10 candidate');
  expect(await stage.condition('Ready')).toMatch(
    /^False StableGone: api-service-00001 is gone, .*; api-service-00002 has failed: error-rate is 50 %/,
  );

  await stage.deploy('3');
  await stage.settle();
  expect([await stage.traffic(), await stage.phase()]).toEqual(['00003 100', 'Healthy 0 0%']);
  expect(eye.of('services')).toHaveLength(1);
});
