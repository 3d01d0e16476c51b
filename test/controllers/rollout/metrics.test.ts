/** What is counted of rollouts. */
import { expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { rolloutMetrics } from '../../../controllers/rollout/metrics.ts';
import { Store } from '../../../src/kubernetes/client/store.ts';
import { waiting } from '../../rollout/waiting.ts';
import { LATEST, SECOND } from '../../rollout/world.ts';

it('the way back is timed once, however often the Route has to take it again', async () => {
  const registry = new Registry();
  const metrics = rolloutMetrics(registry, () => new Store());
  const world = waiting();
  const round = () => {
    const known = world.known();
    metrics.decided(known, world.reconcile().status);
  };
  world.command = `abort ${SECOND}`;
  round();
  world.wait(5);
  world.route();
  round();
  world.wait(60);
  round();
  // hours later somebody applies spec.traffic, and takes it out again
  world.wait(3 * 3600);
  world.edit([LATEST]);
  world.owner = { kind: 'git', manager: 'argocd-controller' };
  round();
  world.owner = { kind: 'nobody' };
  round();
  world.route();
  round();
  expect(world.known()).toMatchObject({ phase: 'Failed', routedSince: expect.any(String) });
  const text = await registry.metrics();
  const of = (suffix: string) => new RegExp(`^weir_rollout_return_seconds_${suffix} (.*)$`, 'm').exec(text)?.[1];
  expect([of('count'), of('sum')]).toEqual(['1', '5']);
});
