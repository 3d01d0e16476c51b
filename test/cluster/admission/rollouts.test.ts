/** Who lets a new Revision on: judged by who writes the annotation. */
import { describe, expect, it } from '@jest/globals';
import { cluster } from '../harness/cluster.ts';
import { apply, inEnvironment } from './harness/namespaces.ts';
import { useWeir } from './harness/weir.ts';

const controlPlane = cluster();
const { kubectl } = controlPlane;

const JANE = ['--as=jane', '--as-group=team-shop'];
const PAUL = ['--as=paul', '--as-group=platform'];

const ROLLOUT = (first: number) => `
apiVersion: weir.dev/v1alpha1
kind: TrafficRollout
metadata: {name: cart}
spec:
  serviceRef: {name: cart}
  strategy: {canary: {steps: [{percent: ${first}, pause: {}}]}}
`;

describe('rollouts under admission', () => {
  useWeir(controlPlane);

  async function say(namespace: string, text: string, who: readonly string[]): Promise<string> {
    const annotation = `weir.dev/rollout-command=${text}`;
    const { stderr } = await kubectl(['-n', namespace, 'annotate', '--overwrite', 'rollout/cart', annotation, ...who]);
    return stderr.replaceAll(/^Warning: .*\n/gm, '');
  }

  it('are promoted by those whom the policy names, and stopped by whoever may write them', async () => {
    const namespace = await inEnvironment('prod');
    const role = ['create', 'role', 'rollouts', '--verb=get,create,patch', '--resource=trafficrollouts.weir.dev'];
    const binding = ['create', 'rolebinding', 'rollouts', '--role=rollouts', '--user=jane', '--user=paul'];
    for (const made of [role, binding]) expect((await kubectl(['-n', namespace, ...made])).code).toBe(0);

    expect((await apply(namespace, ROLLOUT(80), ...JANE)).stderr).toContain('rollout/first-step');
    expect((await apply(namespace, ROLLOUT(10), ...JANE)).code).toBe(0);
    expect(await say(namespace, 'promote cart-00002 step-1', JANE)).toContain(
      'jane may not say promote to a rollout: prod keeps that for the groups platform',
    );
    expect(await say(namespace, 'pause cart', JANE)).toBe('');
    expect(await say(namespace, 'resume cart', JANE)).toContain('rollout/command');
    expect(await say(namespace, 'promote cart-00002 step-1', PAUL)).toBe('');
    // what is there is no word of hers
    expect((await apply(namespace, ROLLOUT(20), ...JANE)).code).toBe(0);
    expect(await say(namespace, 'abort cart-00002', JANE)).toBe('');
  });
});
