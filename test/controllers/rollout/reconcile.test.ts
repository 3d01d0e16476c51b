/** What of a round counts where several TrafficRollouts are about the same Service. */
import { describe, expect, it } from '@jest/globals';
import type { Round } from '../../../controllers/manager/controller.ts';
import type { Dependencies } from '../../../controllers/rollout/dependencies.ts';
import { reconcile } from '../../../controllers/rollout/reconcile.ts';
import { Late } from '../../../controllers/rollout/sure.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { aDocument } from '../../rollout/builders.ts';

/** A round in which the first decides, and the second and third are told that they stand aside. */
async function round(errors: Readonly<Record<string, Error>>) {
  const clock = new FakeClock();
  const rollouts = ['first', 'second', 'third'].map((name) => ({
    ...aDocument(),
    metadata: { name, namespace: 'shop-prod', uid: name, resourceVersion: '1' },
  }));
  const told: string[] = [];
  const client = {
    async patch(_: unknown, { name }: { name: string }) {
      const error = errors[name];
      if (error !== undefined) throw error;
      told.push(name);
    },
  };
  const nothing = { take: () => undefined };
  const dependencies = {
    view: { rolloutsOf: () => rollouts },
    clock,
    rivals: {},
    measurements: nothing,
    smokeTests: nothing,
    knative: () => ({ home: undefined, obstacle: 'its version is not known' }),
  };
  const ran = reconcile(
    'shop-prod/api-service',
    { client, signal: new AbortController().signal } as unknown as Round,
    dependencies as unknown as Dependencies,
  );
  const [{ status, ...outcome }] = await Promise.allSettled([ran]);
  return { told, status, outcome, now: clock.now().getTime() };
}

const down = new Error('the second cannot be told');

describe('one that cannot be told that it stands aside', () => {
  it('is tried again, and keeps nobody else from being told', async () => {
    const { told, outcome } = await round({ second: down });
    expect([told, outcome]).toEqual([['first', 'third'], { reason: down }]);
  });

  it('does not overrule what went wrong with the one that decides', async () => {
    const reason = new Error('the first could not be written');
    expect((await round({ first: reason, second: down })).outcome).toEqual({ reason });
  });

  it('does not overrule when the one that decides asks to be called again', async () => {
    const { outcome, now } = await round({ first: new Late('the cache is late'), second: down });
    expect(outcome).toEqual({ value: { again: new Date(now + 1_000) } });
  });
});
