import { describe, expect, it, jest } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { policyExceptions } from '../../../src/policy/resource.ts';
import { HandPolicies, policiesOf } from '../kit/policies.ts';
import { DAY, HOUR, TIMEOUT, useShop } from './harness.ts';

jest.setTimeout(TIMEOUT);
const shop = useShop();

function anException(
  until: string,
  rules = ['autoscaling/min-scale'],
  names = ['cart'],
  name = 'black-friday',
): JsonObject {
  const match = { kinds: ['serving.knative.dev/Service'], names };
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'PolicyException',
    metadata: { namespace: shop.namespace, name },
    spec: { rules, match, reason: 'a sale', owner: 'team-shop', until },
  };
}

/** In the window, a shop of prod whose schedule asks for more than prod allows. */
async function open(): Promise<string> {
  const policies = await policiesOf();
  await shop.open({ environment: 'prod', policies: new HandPolicies(policies) });
  await shop.schedule('hours', { windows: [{ ...DAY, minScale: 5000 }] });
  await shop.settle();
  await shop.pass(HOUR);
  return `${policies.get('prod')?.autoscaling?.minScale?.max}`;
}

const inHours = (hours: number): string =>
  new Date(shop.running.clock.now().getTime() + hours * HOUR).toISOString().replace(/\.\d+/, '');

describe('a PolicyException for the Service', () => {
  it('lets its schedule go beyond the bound until it ends, which is the next transition', async () => {
    const most = await open();
    expect(await shop.minScaleOf()).toBe(most);

    const until = inHours(2);
    await shop.cluster.apply(anException(until));
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('5000');
    expect(await shop.conditionOf('hours', 'WithinBounds')).toMatchObject({
      status: 'True',
      reason: 'Excused',
      message: 'beyond the bounds of the environment by PolicyException black-friday',
    });
    const { nextTransition } = Object(await shop.statusOf('hours'));
    expect(new Date(nextTransition).getTime() - new Date(until).getTime()).toBeLessThanOrEqual(1_000);

    await shop.pass(2 * HOUR);
    expect(await shop.minScaleOf()).toBe('5000');
    await shop.pass(1);
    expect(await shop.minScaleOf()).toBe(most);
    expect(await shop.conditionOf('hours', 'WithinBounds')).toMatchObject({ status: 'False', reason: 'Cut' });
    // the window's own end again
    expect(await shop.statusOf('hours')).toMatchObject({ nextTransition: expect.stringContaining('T17:00:00') });
  });

  it('is named where it changes the value alone, and its end counts then alone', async () => {
    const most = await open();
    const until = inHours(2);
    await shop.cluster.apply(
      anException(until),
      anException(inHours(1), ['autoscaling/max-scale', 'autoscaling/target'], ['cart'], 'room-above'),
    );
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('5000');
    expect(await shop.conditionOf('hours', 'WithinBounds')).toMatchObject({
      reason: 'Excused',
      message: 'beyond the bounds of the environment by PolicyException black-friday',
    });
    const { nextTransition } = Object(await shop.statusOf('hours'));
    expect(new Date(nextTransition).getTime()).toBeGreaterThanOrEqual(new Date(until).getTime());

    await shop.pass(2 * HOUR + 1);
    expect(await shop.minScaleOf()).toBe(most);
  });

  it('that is taken away before its end cuts it at once', async () => {
    const most = await open();
    await shop.cluster.apply(anException(inHours(2)));
    await shop.settle();
    expect(await shop.minScaleOf()).toBe('5000');
    await shop.cluster.client.delete(policyExceptions, { namespace: shop.namespace, name: 'black-friday' });
    await shop.settle();
    expect(await shop.minScaleOf()).toBe(most);
  });

  it.each([
    ['another Service', ['autoscaling/min-scale'], ['order']],
    ['another rule', ['autoscaling/max-scale'], ['cart']],
  ])('or rather for %s changes nothing', async (_, rules, names) => {
    const most = await open();
    await shop.cluster.apply(anException(inHours(2), rules, names));
    await shop.settle();
    expect(await shop.minScaleOf()).toBe(most);
  });
});
