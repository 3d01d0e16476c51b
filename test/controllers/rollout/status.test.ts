/** The status of a rollout that another one stands before, and of one that is not carried out. */
import { expect, it } from '@jest/globals';
import { contestedStatus, obstructed } from '../../../controllers/rollout/status.ts';

it('of a contested rollout remembers what it did, and claims nothing', () => {
  const claims = [{ revision: 'api-service-00001', minScale: 4 }];
  const rollout = { metadata: { name: 'later' }, status: { phase: 'Healthy', stable: 'api-service-00001', claims } };
  const status = contestedStatus(rollout, { metadata: { name: 'api-service' } }, new Date('2026-11-23T10:00:00Z'));
  expect(status).toMatchObject({ phase: 'Healthy', stable: 'api-service-00001', waitingFor: 'Person' });
  expect(status).not.toHaveProperty('claims');
});

it('of one whose Knative is not known says that wherever it says why nothing moves', () => {
  const obstacle = "the version of the cluster's Knative is not known";
  const { conditions, waiting, traffic } = obstructed(obstacle, undefined, new Date('2026-11-23T10:00:00Z'));
  expect([waiting, traffic]).toEqual([{ for: 'KnativeVersion', message: obstacle }, undefined]);
  expect(conditions.map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`)).toEqual([
    `Ready False KnativeVersionUnknown: ${obstacle}`,
    'Protected False NotPinned: nothing is pinned yet',
    `Suspended True WaitingForKnativeVersion: ${obstacle}`,
  ]);
});
