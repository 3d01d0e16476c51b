/** What is counted of rollouts. */
import { expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { rolloutMetrics } from '../../../controllers/rollout/metrics.ts';
import { Store } from '../../../src/kubernetes/client/store.ts';
import { manual, waiting } from '../../rollout/waiting.ts';
import { atRest, LATEST, SECOND } from '../../rollout/world.ts';

it.each([
  ['hours later', 3 * 3600],
  ['at once', 0],
])('the way back is timed once, where somebody applies spec.traffic %s', async (_, seconds) => {
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
  world.wait(seconds);
  round();
  world.edit([LATEST]);
  world.owner = { kind: 'git', manager: 'argocd-controller' };
  round();
  // and takes it out again
  world.wait(3 * 3600);
  world.owner = { kind: 'nobody' };
  round();
  world.route();
  round();
  expect(world.known()).toMatchObject({ phase: 'Failed', routedSince: expect.any(String) });
  const text = await registry.metrics();
  const of = (suffix: string) => new RegExp(`^weir_rollout_return_seconds_${suffix} (.*)$`, 'm').exec(text)?.[1];
  expect([of('count'), of('sum')]).toEqual(['1', '5']);

  // another one is timed again
  const failed = world.known()?.failed.length;
  world.ready(world.create(), 4);
  for (let rounds = 0; world.known()?.weight === 0 && rounds < 10; rounds++) {
    world.goWell(10);
  }
  expect(world.known()?.weight).toBe(20);
  world.command = 'abort';
  round();
  expect(world.known()?.failed.length).toBe((failed ?? 0) + 1);
  world.wait(7);
  world.route();
  round();
  const again = await registry.metrics();
  expect(again).toMatch(/^weir_rollout_return_seconds_sum 12$/m);
});

it('what was never in traffic makes no way back', async () => {
  const registry = new Registry();
  const metrics = rolloutMetrics(registry, () => new Store());
  const world = atRest(manual);
  const round = () => {
    const known = world.known();
    metrics.decided(known, world.reconcile().status);
  };
  world.create();
  round();
  world.wait(600);
  round();
  expect(world.known()?.phase).toBe('Failed');
  world.edit([LATEST]);
  world.owner = { kind: 'git', manager: 'argocd-controller' };
  round();
  world.wait(3600);
  world.owner = { kind: 'nobody' };
  round();
  world.route();
  round();
  expect(await registry.metrics()).toMatch(/^weir_rollout_return_seconds_count 0$/m);
});
