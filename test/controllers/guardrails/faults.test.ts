/** An API server that refuses, people who change things at the same time, and processes that end: the end is right each time. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { guardRails } from '../../../controllers/guardrails/controller.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import { namespaces, resourceQuotas, secrets, serviceAccounts } from '../../../src/kubernetes/client/resources.ts';
import type { NamespacePolicy } from '../../../src/policy/model/namespace.ts';
import type { Cluster } from '../kit/cluster.ts';
import { HandPolicies } from '../kit/policies.ts';
import { run } from '../kit/run.ts';
import {
  ALL,
  aServiceAccount,
  contents,
  policiesWith,
  pullSecretsOf,
  SECTION,
  startClusterWithVault,
  versions,
} from './harness.ts';

const FULL: NamespacePolicy = {
  ...SECTION,
  pullSecrets: { from: 'vault', names: ['regcred'], serviceAccounts: ['builder'] },
};

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startClusterWithVault();
}, 120_000);
afterAll(() => cluster.stop());

/** Counts what is asked, and refuses some writes: before they are carried out, or after, as a cut connection does. */
function meddling(client: Client, refuse: (write: number) => ApiError | 'lost' | undefined) {
  const counts = { reads: 0, writes: 0 };
  async function write<Value>(work: () => Promise<Value>): Promise<Value> {
    counts.writes++;
    const refusal = refuse(counts.writes);
    if (refusal instanceof ApiError) throw refusal;
    const answer = await work();
    if (refusal === 'lost') throw new ApiError(500, 'InternalError', 'the answer was lost');
    return answer;
  }
  const over: Client = {
    ...client,
    get: (...asked) => {
      counts.reads++;
      return client.get(...asked);
    },
    patch: (...asked) => write(() => client.patch(...asked)),
    delete: (...asked) => write(() => client.delete(...asked)),
    create: (...asked) => client.create(...asked),
  };
  return { client: over, counts };
}

async function started(refuse: (write: number) => ApiError | 'lost' | undefined, policies = { prod: FULL }) {
  const { client } = await cluster.connect();
  const meddled = meddling(client, refuse);
  const hands = new HandPolicies(policiesWith(policies));
  const running = await run(cluster, { controllers: [guardRails], policies: hands, client: meddled.client });
  return { running, hands, counts: meddled.counts };
}

describe('guard rails', () => {
  it.each<[what: string, refusal: ApiError | 'lost']>([
    ['409', new ApiError(409, 'Conflict', 'somebody was faster')],
    ['429', new ApiError(429, 'TooManyRequests', 'later, please')],
    ['500', new ApiError(500, 'InternalError', 'no')],
    ['a lost answer', 'lost'],
  ])(
    'are complete where every third write ends in %s, and gone with the label',
    async (what, refusal) => {
      const name = `faulty-${what.replaceAll(' ', '-')}`;
      await cluster.namespace(name, 'prod');
      await cluster.apply(aServiceAccount(name));
      const { running } = await started((write) => (write % 3 === 0 ? refusal : undefined));
      await running.settle({ patience: 30, withinMs: 120_000 });
      expect(await contents(cluster, name)).toEqual(ALL);
      expect(await pullSecretsOf(cluster, name, 'builder')).toEqual(['regcred']);

      await cluster.namespace(name);
      await cluster.client.patch(
        { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', isNamespaced: false },
        { name },
        { type: 'merge', body: { metadata: { labels: { 'weir.dev/environment': null } } } },
      );
      await running.settle({ patience: 30, withinMs: 120_000 });
      expect(await contents(cluster, name)).toEqual([]);
      expect(await pullSecretsOf(cluster, name, 'builder')).toEqual([]);
      await running.stop();
    },
    300_000,
  );

  it('are taken up by another process where one ends at any write', async () => {
    // a NetworkPolicy, the quota, the copy, the ServiceAccount
    for (const end of [1, 6, 7, 8]) {
      const name = `cut-${end}`;
      await cluster.namespace(name, 'prod');
      await cluster.apply(aServiceAccount(name));
      // the write that is under way is carried out, and nobody hears of it; nothing comes after it
      const first = await started((write) =>
        write < end ? undefined : write === end ? 'lost' : new ApiError(403, 'Forbidden', 'the process is gone'),
      );
      await first.running.settle({ patience: 0, withinMs: 60_000 });
      await first.running.stop();

      const second = await started(() => undefined);
      await second.running.settle();
      expect([end, await contents(cluster, name)]).toEqual([end, ALL]);
      expect([end, await pullSecretsOf(cluster, name, 'builder')]).toEqual([end, ['regcred']]);

      second.hands.change(policiesWith({ prod: {} }));
      await second.running.settle();
      expect([end, await contents(cluster, name)]).toEqual([end, []]);
      expect([end, await pullSecretsOf(cluster, name, 'builder')]).toEqual([end, []]);
      await expect(cluster.client.get(secrets, { namespace: name, name: 'regcred' })).rejects.toThrow('not found');
      await second.running.stop();
    }
  }, 300_000);

  it('ask for nothing where nothing changes, and for one look and one write where one field does', async () => {
    await cluster.namespace('quiet', 'prod');
    await cluster.apply(aServiceAccount('quiet'));
    const { running, counts, hands } = await started(() => undefined);
    await running.settle();
    const asked = { ...counts };
    const before = await versions(cluster, 'quiet');
    // every namespace is looked at again
    hands.change(policiesWith({ prod: FULL }));
    await running.settle();
    await running.pass(24 * 3_600_000);
    expect(counts).toEqual(asked);
    expect(await versions(cluster, 'quiet')).toEqual(before);

    const place = { namespace: 'quiet', name: 'weir-quota' };
    await cluster.client.patch(resourceQuotas, place, { type: 'merge', body: { spec: { hard: { pods: '1' } } } });
    await running.settle();
    expect(counts).toEqual({ reads: asked.reads + 1, writes: asked.writes + 1 });
    await running.stop();
  });

  it('lose to nobody who writes into the same list of a ServiceAccount at the same time', async () => {
    await cluster.namespace('contended', 'prod');
    await cluster.apply(aServiceAccount('contended'));
    const { client } = await cluster.connect();
    let theirs = 0;
    // right before each of our patches somebody else puts a name in
    const racing: Client = {
      ...client,
      patch: async (resource, place, patch, options) => {
        if (resource.plural === 'serviceaccounts' && theirs < 3) {
          const names = await pullSecretsOf(cluster, 'contended', 'builder');
          const imagePullSecrets = [...names, `theirs-${++theirs}`].map((name) => ({ name }));
          const body = { imagePullSecrets };
          await cluster.client.patch(
            serviceAccounts,
            { namespace: 'contended', name: 'builder' },
            { type: 'merge', body },
          );
        }
        return client.patch(resource, place, patch, options);
      },
    };
    const hands = new HandPolicies(policiesWith({ prod: FULL }));
    const running = await run(cluster, { controllers: [guardRails], policies: hands, client: racing });
    await running.settle({ patience: 30, withinMs: 60_000 });
    expect(await pullSecretsOf(cluster, 'contended', 'builder')).toEqual([
      'theirs-1',
      'theirs-2',
      'theirs-3',
      'regcred',
    ]);
    expect(running.told.filter((line) => line.startsWith('warn'))).toEqual([]);
    await running.stop();
  });

  it('end without a word where the namespace goes while they are made', async () => {
    const blocker = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'leaving', name: 'stays' } };
    await cluster.namespace('leaving', 'prod');
    // so that it stays in the midst of going
    await cluster.apply({ ...blocker, metadata: { ...blocker.metadata, finalizers: ['example.com/stays'] } });
    const { client } = await cluster.connect();
    const answers: unknown[] = [];
    const late: Client = {
      ...client,
      patch: async (resource, place, patch, options) => {
        if (answers.length === 0 && place.namespace === 'leaving') {
          await cluster.client.delete(namespaces, { name: 'leaving' });
        }
        try {
          return await client.patch(resource, place, patch, options);
        } catch (error) {
          if (place.namespace === 'leaving') answers.push(error);
          throw error;
        }
      },
    };
    const policies = new HandPolicies(policiesWith({ prod: FULL }));
    const running = await run(cluster, { controllers: [guardRails], policies, client: late });
    await running.settle();
    expect(answers).toEqual([expect.objectContaining({ status: 403, causes: ['NamespaceTerminating'] })]);
    expect(await contents(cluster, 'leaving')).toEqual([]);
    expect(running.told.filter((line) => line.startsWith('warn'))).toEqual([]);
    await running.stop();
  });
});
