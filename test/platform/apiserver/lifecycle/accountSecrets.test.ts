/** Secrets that hold the token of a ServiceAccount. */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { ADMINISTRATOR } from '../../../../src/platform/apiserver/auth/identities.ts';
import { aCluster, type Cluster } from './harness.ts';

function secret(account: string, more: JsonObject = {}): JsonObject {
  const annotations = { 'kubernetes.io/service-account.name': account };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'robot', annotations },
    type: 'kubernetes.io/service-account-token',
    ...more,
  };
}

async function withAccount(): Promise<{ readonly cluster: Cluster; readonly uid: string }> {
  const cluster = await aCluster();
  const uid = await cluster.create('serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'web' },
  });
  return { cluster, uid };
}

const decoded = (data: unknown): object =>
  Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

describe('a Secret for the token of an account', () => {
  it('is filled in', async () => {
    const { cluster, uid } = await withAccount();
    await cluster.create('secrets', secret('web'));
    await cluster.settle();
    const made = cluster.get('secrets', 'robot');
    expect(decoded(made?.data)).toEqual({ 'ca.crt': 'CA', namespace: 'default', token: 'default/robot of web' });
    expect(made?.metadata).toMatchObject({
      annotations: { 'kubernetes.io/service-account.name': 'web', 'kubernetes.io/service-account.uid': uid },
    });
    expect(cluster.admitted).toContain('UPDATE secrets default/robot system:kube-controller-manager');
    expect(cluster.warnings).toEqual([]);
  });

  it('keeps the token that it has, also after a restart, and gets a new one for one that was taken out', async () => {
    const { cluster } = await withAccount();
    await cluster.create('secrets', secret('web', { data: { token: 'b3du', other: 'eA==' } }));
    await cluster.settle();
    expect(decoded(cluster.get('secrets', 'robot')?.data)).toMatchObject({
      token: 'own',
      other: 'x',
      namespace: 'default',
    });
    cluster.admitted.length = 0;
    await cluster.restart();
    await cluster.settle();
    expect(cluster.admitted).toEqual([]);

    const key = { resource: 'secrets', namespace: 'default', name: 'robot' };
    await cluster.writes.patch(ADMINISTRATOR, key, { data: { token: null } });
    await cluster.settle();
    expect(decoded(cluster.get('secrets', 'robot')?.data)).toMatchObject({ token: 'default/robot of web' });
  });

  it('goes with the account, and where there is none', async () => {
    const { cluster } = await withAccount();
    await cluster.create('secrets', secret('web'));
    await cluster.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'plain' } });
    await cluster.settle();
    await cluster.delete('serviceaccounts', 'web');
    await cluster.settle();
    expect(cluster.names('secrets', 'default')).toEqual(['plain']);

    await cluster.create('secrets', secret('nobody'));
    await cluster.settle();
    expect(cluster.names('secrets', 'default')).toEqual(['plain']);
  });

  it('of an account that was made anew under its name goes, too', async () => {
    const { cluster } = await withAccount();
    const annotations = {
      'kubernetes.io/service-account.name': 'web',
      'kubernetes.io/service-account.uid': 'the-one-before',
    };
    await cluster.create('secrets', secret('web', { metadata: { name: 'robot', annotations } }));
    await cluster.settle();
    expect(cluster.get('secrets', 'robot')).toBeUndefined();
  });
});
