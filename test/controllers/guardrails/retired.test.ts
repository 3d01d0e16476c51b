/** What a policy hands out no more, taken back by a process that never knew the policy before: each change of one is a new process. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { guardRails } from '../../../controllers/guardrails/controller.ts';
import { declaredBy } from '../../../controllers/manager/declared.ts';
import { rulesOf } from '../../../controllers/manager/rights.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import { secrets } from '../../../src/kubernetes/client/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { annotationsOf } from '../../../src/kubernetes/object.ts';
import type { NamespacePolicy } from '../../../src/policy/model/namespace.ts';
import type { Cluster } from '../kit/cluster.ts';
import { HandPolicies } from '../kit/policies.ts';
import { run } from '../kit/run.ts';
import { aPullSecret, aServiceAccount, policiesWith, pullSecretsOf, startClusterWithVault, told } from './harness.ts';

type PullSecrets = NonNullable<NamespacePolicy['pullSecrets']>;

const BEFORE: PullSecrets = { from: 'vault', names: ['regcred'], serviceAccounts: ['builder'] };
const JOINED = 'weir.dev/joined-service-accounts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startClusterWithVault();
  await cluster.apply(aPullSecret('vault', 'x', 'other'));
}, 120_000);
afterAll(() => cluster.stop());

/** One process from its start to its end, which knows this policy and no other. */
async function processWith(pullSecrets: PullSecrets | undefined, client?: Client): Promise<void> {
  const section: NamespacePolicy = pullSecrets === undefined ? {} : { pullSecrets };
  const policies = new HandPolicies(policiesWith({ prod: section }));
  const running = await run(cluster, {
    controllers: [guardRails],
    policies,
    ...(client === undefined ? {} : { client }),
  });
  await running.settle({ patience: 2, withinMs: 60_000 });
  await running.stop();
}

async function handedOut(namespace: string): Promise<void> {
  await cluster.namespace(namespace, 'prod');
  await cluster.apply(aServiceAccount(namespace, {}, { imagePullSecrets: [{ name: 'theirs' }] }));
  await processWith(BEFORE);
  expect(await pullSecretsOf(cluster, namespace, 'builder')).toEqual(['theirs', 'regcred']);
}

function copyIn(namespace: string): Promise<JsonObject> {
  return cluster.client.get(secrets, { namespace, name: 'regcred' });
}

async function takeAway(namespace: string): Promise<void> {
  await cluster.client.delete(
    { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', isNamespaced: false },
    { name: namespace },
  );
}

describe('a pull secret that a policy names no more', () => {
  it.each<[what: string, after: PullSecrets]>([
    ['another', { ...BEFORE, names: ['other'], retired: { names: ['regcred'] } }],
    [
      'none, nor a ServiceAccount',
      { from: 'vault', names: [], retired: { names: ['regcred'], serviceAccounts: ['builder'] } },
    ],
  ])('goes where it is named as retired, and the policy names %s', async (what, after) => {
    const namespace = `dropped-${what.split(/\W/)[0]}`;
    await handedOut(namespace);
    await processWith(after);
    await expect(copyIn(namespace)).rejects.toThrow('not found');
    expect(await pullSecretsOf(cluster, namespace, 'builder')).toEqual(['theirs', ...(after.names ?? [])]);
    await takeAway(namespace);
  });

  it('stays in the namespace that holds it, and so does one that is not of Weir', async () => {
    await cluster.namespace('holder', 'prod');
    await cluster.namespace('theirs', 'prod');
    await cluster.apply(aPullSecret('holder', 'mine'), aPullSecret('theirs', 'ours'));
    await processWith({ from: 'holder', names: ['other'], retired: { names: ['regcred'] } });
    expect((await copyIn('holder')).data).toEqual(aPullSecret('holder', 'mine').data);
    expect((await copyIn('theirs')).data).toEqual(aPullSecret('theirs', 'ours').data);
    await takeAway('holder');
    await takeAway('theirs');
  });
});

describe('a ServiceAccount that a policy names no more', () => {
  it('loses the name, which the copy remembers', async () => {
    await handedOut('left');
    await processWith({ ...BEFORE, serviceAccounts: [] });
    expect(await pullSecretsOf(cluster, 'left', 'builder')).toEqual(['theirs']);
    expect(annotationsOf(await copyIn('left'))[JOINED]).toBeUndefined();
    await takeAway('left');
  });

  it('is remembered where Weir may not write to it any more, until it may', async () => {
    await handedOut('barred');
    const { client } = await cluster.connect();
    const barred: Client = {
      ...client,
      patch: (resource, place, patch, options) => {
        if (resource.plural !== 'serviceaccounts') return client.patch(resource, place, patch, options);
        throw new ApiError(403, 'Forbidden', 'serviceaccounts "builder" is forbidden');
      },
    };
    await cluster.apply(aPullSecret('vault', 'rotated'));
    await processWith({ ...BEFORE, serviceAccounts: [] }, barred);
    // the rotation is held up by nothing
    expect((await copyIn('barred')).data).toEqual(aPullSecret('vault', 'rotated').data);
    expect(annotationsOf(await copyIn('barred'))[JOINED]).toBe('builder');
    await processWith({ from: 'vault', names: ['other'], retired: { names: ['regcred'] } }, barred);
    expect(annotationsOf(await copyIn('barred'))[JOINED]).toBe('builder');
    const running = await run(cluster, { controllers: [] });
    expect(await told(cluster, running, 'barred')).toContainEqual(
      'PullSecretNotLeft: ServiceAccount builder names the pull secret regcred, which Weir wrote there and may not take out; name it under namespace.pullSecrets.retired.serviceAccounts until it is out, and write the rights anew: npm run generate. The API server says: serviceaccounts "builder" is forbidden',
    );
    await running.stop();

    await processWith({ from: 'vault', retired: { names: ['regcred'], serviceAccounts: ['builder'] } });
    expect(await pullSecretsOf(cluster, 'barred', 'builder')).toEqual(['theirs']);
    await expect(copyIn('barred')).rejects.toThrow('not found');
    await takeAway('barred');
  });
});

describe('the rights of guard rails', () => {
  it('go on for what is retired, by name', () => {
    const pullSecrets = {
      from: 'vault',
      names: ['other'],
      retired: { names: ['regcred'], serviceAccounts: ['builder'] },
    };
    const { rights } = declaredBy(guardRails, new HandPolicies(policiesWith({ prod: { pullSecrets } })));
    const rules = rulesOf(rights).filter((rule) => rule.resourceNames !== undefined);
    expect(rules.map(({ resources, resourceNames, verbs }) => [resources, resourceNames, verbs])).toEqual([
      [['secrets'], ['other', 'regcred'], ['create', 'patch', 'delete']],
      [['secrets'], ['other', 'regcred'], ['get', 'list', 'watch']],
      [['serviceaccounts'], ['builder'], ['list', 'watch', 'patch']],
    ]);
  });
});
