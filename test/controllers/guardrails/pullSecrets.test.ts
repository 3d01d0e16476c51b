import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { Dependencies } from '../../../controllers/guardrails/dependencies.ts';
import { keepSecret, keepServiceAccount } from '../../../controllers/guardrails/keep.ts';
import { guardRailMetrics } from '../../../controllers/guardrails/metrics.ts';
import { keepCopy } from '../../../controllers/guardrails/pullSecrets.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { namespaces, secrets, serviceAccounts } from '../../../src/kubernetes/client/resources.ts';
import { Store } from '../../../src/kubernetes/client/store.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { annotationsOf } from '../../../src/kubernetes/object.ts';
import type { NamespacePolicy } from '../../../src/policy/model/namespace.ts';
import type { Cluster } from '../kit/cluster.ts';
import { HandPolicies } from '../kit/policies.ts';
import {
  aPullSecret,
  aServiceAccount,
  type GuardRailRun,
  policiesWith,
  pullSecretsOf,
  runGuardRails,
  startClusterWithVault,
  told,
  versions,
} from './harness.ts';

const SECTION: NamespacePolicy = {
  pullSecrets: { from: 'vault', names: ['regcred'], serviceAccounts: ['builder'] },
};

let cluster: Cluster;
let running: GuardRailRun;

beforeAll(async () => {
  cluster = await startClusterWithVault();
}, 120_000);
afterEach(() => running.stop());
afterAll(() => cluster.stop());

function copyIn(namespace: string): Promise<JsonObject> {
  return cluster.client.get(secrets, { namespace, name: 'regcred' });
}

const NEVER = new AbortController().signal;

/** As a round's client writes. */
function asGuardRails(client: Client): Client {
  const fieldManager = 'weir-guardrails';
  return {
    ...client,
    patch: (resource, place, patch, options) => client.patch(resource, place, patch, { fieldManager, ...options }),
  };
}

function toolsOver(caches: { readonly secrets: Store; readonly accounts: Store }): Dependencies {
  return {
    policies: new HandPolicies(),
    record: () => {},
    announce: () => {},
    namespaces: new Store(),
    storeOf: () => new Store(),
    secretsNamed: () => caches.secrets,
    secretNames: () => ['regcred'],
    accountsNamed: () => caches.accounts,
    metrics: guardRailMetrics(new Registry()),
    established: new Set(),
  };
}

describe('a pull secret', () => {
  it('is copied, follows its source, and is put right where somebody changes it', async () => {
    await cluster.namespace('copies', 'prod');
    running = await runGuardRails(cluster, { prod: SECTION });
    await running.settle();
    expect((await copyIn('copies')).data).toEqual(aPullSecret('vault', 'first').data);

    await cluster.apply(aPullSecret('vault', 'second'));
    await running.settle();
    expect((await copyIn('copies')).data).toEqual(aPullSecret('vault', 'second').data);
    expect((await copyIn('copies')).type).toBe('kubernetes.io/dockerconfigjson');
    expect(running.news).toEqual([]);

    const { data = null } = aPullSecret('vault', 'mine');
    await cluster.client.patch(secrets, { namespace: 'copies', name: 'regcred' }, { type: 'merge', body: { data } });
    await running.settle();
    expect((await copyIn('copies')).data).toEqual(aPullSecret('vault', 'second').data);
    expect(running.news.map(({ data: { change, fields } }) => [change, fields])).toEqual([
      ['changed', ['/data/.dockerconfigjson']],
    ]);
    expect(JSON.stringify(running.news) + running.told.join()).not.toContain('auths');
  });

  it('keeps its copies where the source goes', async () => {
    await cluster.namespace('orphans', 'prod');
    running = await runGuardRails(cluster, { prod: SECTION });
    await running.settle();
    await cluster.client.delete(secrets, { namespace: 'vault', name: 'regcred' });
    await running.settle();
    expect((await copyIn('orphans')).type).toBe('kubernetes.io/dockerconfigjson');
    await cluster.apply(aPullSecret('vault', 'third'));
    await running.settle();
    expect((await copyIn('orphans')).data).toEqual(aPullSecret('vault', 'third').data);
    await running.stop();
    expect(await told(cluster, running, 'orphans')).toContainEqual(
      "PullSecretMissing: the policy's pull secret vault/regcred is not there; the copy here stays as it is",
    );
  });

  it('of a type that pulls no image is not copied', async () => {
    await cluster.namespace('odd', 'prod');
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: 'vault', name: 'opaque' },
      type: 'Opaque',
      data: { a: 'Yg==' },
    });
    running = await runGuardRails(cluster, { prod: { pullSecrets: { from: 'vault', names: ['opaque'] } } });
    await running.settle();
    await expect(cluster.client.get(secrets, { namespace: 'odd', name: 'opaque' })).rejects.toThrow('not found');
    await running.stop();
    expect((await told(cluster, running, 'odd')).join()).toContain('has the type Opaque, which pulls no image');
  });

  it("of a team's own under that name stands", async () => {
    await cluster.namespace('own', 'prod');
    await cluster.apply(aPullSecret('own', 'ours'), aServiceAccount('own'));
    running = await runGuardRails(cluster, { prod: SECTION });
    await running.settle();
    expect((await copyIn('own')).data).toEqual(aPullSecret('own', 'ours').data);
    expect(await pullSecretsOf(cluster, 'own', 'builder')).toEqual([]);
  });

  it('that a changed policy names is copied, and one that it names no more goes', async () => {
    await cluster.namespace('renamed', 'prod');
    await cluster.apply(aPullSecret('vault', 'x', 'other'), aServiceAccount('renamed'));
    running = await runGuardRails(cluster, { prod: SECTION });
    await running.settle();
    const pullSecrets = { from: 'vault', names: ['other'], serviceAccounts: ['builder'] };
    running.hands.change(policiesWith({ prod: { pullSecrets } }));
    await running.settle();
    const copy = await cluster.client.get(secrets, { namespace: 'renamed', name: 'other' });
    expect(copy.data).toEqual(aPullSecret('vault', 'x').data);
    await expect(copyIn('renamed')).rejects.toThrow('not found');
    expect(await pullSecretsOf(cluster, 'renamed', 'builder')).toEqual(['other']);
  });
});

describe('a copy that becomes the source', () => {
  it('stays, and is copied from then on', async () => {
    await cluster.namespace('new-vault', 'prod');
    await cluster.namespace('reader', 'prod');
    running = await runGuardRails(cluster, { prod: SECTION });
    await running.settle();
    running.hands.change(policiesWith({ prod: { pullSecrets: { from: 'new-vault', names: ['regcred'] } } }));
    await running.settle();
    await cluster.apply(aPullSecret('new-vault', 'fourth'));
    await running.settle();
    expect((await copyIn('new-vault')).data).toEqual(aPullSecret('new-vault', 'fourth').data);
    expect((await copyIn('reader')).data).toEqual(aPullSecret('new-vault', 'fourth').data);
  });
});

describe('a ServiceAccount', () => {
  it('gets the name beside those that it has, and loses it alone', async () => {
    await cluster.namespace('joined', 'prod');
    await cluster.apply(aServiceAccount('joined', {}, { imagePullSecrets: [{ name: 'theirs' }] }));
    running = await runGuardRails(cluster, { prod: SECTION });
    await running.settle();
    expect(await pullSecretsOf(cluster, 'joined', 'builder')).toEqual(['theirs', 'regcred']);
    expect(annotationsOf(await copyIn('joined'))['weir.dev/joined-service-accounts']).toBe('builder');
    const calm = await versions(cluster, 'joined');
    await cluster.namespace('joined', 'prod', { touched: 'yes' });
    await running.settle();
    expect(await versions(cluster, 'joined')).toEqual(calm);

    running.hands.change(policiesWith({ prod: { pullSecrets: { ...SECTION.pullSecrets, serviceAccounts: [] } } }));
    await running.settle();
    expect(await pullSecretsOf(cluster, 'joined', 'builder')).toEqual(['theirs']);
    expect(annotationsOf(await copyIn('joined'))['weir.dev/joined-service-accounts']).toBeUndefined();
  });

  it('is remembered by the copy also where the cache does not know of the copy yet', async () => {
    await cluster.namespace('lagging');
    await cluster.apply(aServiceAccount('lagging'));
    running = await runGuardRails(cluster, {});
    const source = keepSecret(await cluster.client.get(secrets, { namespace: 'vault', name: 'regcred' }));
    const caches = { secrets: new Store(), accounts: new Store() };
    caches.secrets.set(source);
    const wanted = { from: 'vault', names: ['regcred'], serviceAccounts: ['builder'] };
    const place = { namespace: { metadata: { name: 'lagging' } }, environment: 'prod' };
    for (let round = 0; round < 2; round++) {
      // the ServiceAccount is known as it is, the copy never
      const account = await cluster.client.get(serviceAccounts, { namespace: 'lagging', name: 'builder' });
      caches.accounts.set(keepServiceAccount(account));
      await keepCopy(
        'regcred',
        wanted,
        place,
        { client: asGuardRails(cluster.client), signal: NEVER },
        toolsOver(caches),
      );
    }
    expect(await pullSecretsOf(cluster, 'lagging', 'builder')).toEqual(['regcred']);
    expect(annotationsOf(await copyIn('lagging'))['weir.dev/joined-service-accounts']).toBe('builder');
  });

  it('that comes later gets it, and has it again where somebody takes it out', async () => {
    await cluster.namespace('later', 'prod');
    running = await runGuardRails(cluster, { prod: SECTION });
    await running.settle();
    await cluster.apply(aServiceAccount('later'));
    await running.settle();
    expect(await pullSecretsOf(cluster, 'later', 'builder')).toEqual(['regcred']);
    const body = { imagePullSecrets: null };
    await cluster.client.patch(serviceAccounts, { namespace: 'later', name: 'builder' }, { type: 'merge', body });
    await running.settle();
    expect(await pullSecretsOf(cluster, 'later', 'builder')).toEqual(['regcred']);
  });

  it('keeps a name that it had before Weir came', async () => {
    await cluster.namespace('before', 'prod');
    await cluster.apply(aServiceAccount('before', {}, { imagePullSecrets: [{ name: 'regcred' }] }));
    running = await runGuardRails(cluster, { prod: SECTION });
    await running.settle();
    await cluster.client.patch(
      namespaces,
      { name: 'before' },
      { type: 'merge', body: { metadata: { labels: { 'weir.dev/environment': null } } } },
    );
    await running.settle();
    await expect(copyIn('before')).rejects.toThrow('not found');
    expect(await pullSecretsOf(cluster, 'before', 'builder')).toEqual(['regcred']);
  });

  it.each<[string, JsonObject]>([
    ['label', { labels: { 'app.kubernetes.io/instance': 'shop' } }],
    ['annotation', { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/ServiceAccount:tracked/builder' } }],
  ])("that Argo CD tracks by its %s is Git's to change", async (what, metadata) => {
    await cluster.namespace(`tracked-${what}`, 'prod');
    await cluster.apply(aServiceAccount(`tracked-${what}`, metadata));
    running = await runGuardRails(cluster, { prod: SECTION });
    await running.settle();
    expect(await pullSecretsOf(cluster, `tracked-${what}`, 'builder')).toEqual([]);
    await running.stop();
    expect((await told(cluster, running, `tracked-${what}`)).join()).toContain(
      'ServiceAccount builder is tracked by Argo CD, and does not name the pull secret regcred',
    );
  });
});
