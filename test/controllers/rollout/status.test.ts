/** The status of a rollout that another one stands before. */
import { expect, it } from '@jest/globals';
import { contestedStatus } from '../../../controllers/rollout/status.ts';

it('of a contested rollout remembers what it did, and claims nothing', () => {
  const claims = [{ revision: 'api-service-00001', minScale: 4 }];
  const rollout = { metadata: { name: 'later' }, status: { phase: 'Healthy', stable: 'api-service-00001', claims } };
  const status = contestedStatus(rollout, { metadata: { name: 'api-service' } }, new Date('2026-11-23T10:00:00Z'));
  expect(status).toMatchObject({ phase: 'Healthy', stable: 'api-service-00001', waitingFor: 'Person' });
  expect(status).not.toHaveProperty('claims');
});
