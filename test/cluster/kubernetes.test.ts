/** That the control plane is a real one, and that its parts can be taken away and brought back. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { moduleOf } from '../../tools/controlplane/build/module.ts';
import { podsReady } from '../../tools/controlplane/kubernetes/pods.ts';
import { kubeconfigOf } from '../../tools/controlplane/kubernetes/serviceAccount.ts';
import { startControlPlane } from '../../tools/controlplane/start.ts';
import { cluster, freshNamespace } from './harness/cluster.ts';

const { kubectl } = cluster();

const deployment = JSON.stringify({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'shop' } },
    template: {
      metadata: { labels: { app: 'shop' } },
      spec: { containers: [{ name: 'shop', image: 'registry.example.com/shop:1' }] },
    },
  },
});

describe('the control plane', () => {
  it('is the Kubernetes of go.mod', async () => {
    const { stdout } = await kubectl(['version', '--output=json']);
    const { serverVersion, clientVersion } = JSON.parse(stdout);
    expect(serverVersion.gitVersion).toBe(moduleOf('kubernetes').version);
    expect(clientVersion.gitVersion).toBe(moduleOf('kubernetes').version);
  });

  it('has controllers: a Deployment gets its pods, and is available when they are ready', async () => {
    const namespace = await freshNamespace(cluster());
    expect(await kubectl(['-n', namespace, 'apply', '-f', '-'], deployment)).toMatchObject({ code: 0 });

    expect(await podsReady(cluster().api, { namespace, count: 2, selector: 'app=shop' })).toHaveLength(2);
    const waited = await kubectl([
      '-n',
      namespace,
      'wait',
      '--for=condition=Available',
      'deployment/shop',
      '--timeout=20s',
    ]);
    expect(waited).toMatchObject({ code: 0 });
  });

  it('takes deleted pods away, and fills up what is missing', async () => {
    const namespace = await freshNamespace(cluster());
    await kubectl(['-n', namespace, 'apply', '-f', '-'], deployment);
    const [first = ''] = await podsReady(cluster().api, { namespace, count: 2 });

    await kubectl(['-n', namespace, 'delete', 'pod', first, '--wait=false']);
    await podsReady(cluster().api, { namespace, count: 2 });
    const { stdout } = await kubectl(['-n', namespace, 'get', 'pods', '-o', 'name']);
    expect(stdout).not.toContain(first);
  });

  it('checks rights: a ServiceAccount is known by its token and may do what its Role says', async () => {
    const namespace = await freshNamespace(cluster());
    await kubectl(['-n', namespace, 'create', 'role', 'reader', '--verb=get,list', '--resource=configmaps']);
    await kubectl([
      '-n',
      namespace,
      'create',
      'rolebinding',
      'reader',
      '--role=reader',
      `--serviceaccount=${namespace}:default`,
    ]);
    const as = ['--kubeconfig', await kubeconfigOf(cluster(), { namespace, name: 'default' })];

    const { stdout } = await kubectl([...as, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']);
    expect(stdout).toBe(`system:serviceaccount:${namespace}:default`);
    expect(await kubectl([...as, 'get', 'configmaps'])).toMatchObject({ code: 0 });
    const refused = await kubectl([...as, 'get', 'secrets']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot list resource "secrets"') });
  });
});

describe('startControlPlane', () => {
  it('gives an API server that can be killed and revived, forgets nothing over it, and leaves nothing behind', async () => {
    const own = await startControlPlane();
    try {
      expect(await own.kubectl(['create', 'namespace', 'kept'])).toMatchObject({ code: 0 });

      await own.killApiServer();
      expect(await own.kubectl(['get', 'namespace', 'kept'])).toMatchObject({ code: 1 });

      await own.reviveApiServer();
      expect(await own.kubectl(['get', 'namespace', 'kept'])).toMatchObject({ code: 0 });
    } finally {
      await own.stop();
    }
    expect(foldersNow()).not.toContain(path.basename(own.folder));
    expect(await own.kubectl(['get', 'namespaces'])).toMatchObject({ code: 1 });
  });

  it('says which part did not start, with its last words', async () => {
    const before = foldersNow();
    const failing = startControlPlane({ apiServerFlags: ['--no-such-flag'] });
    await expect(failing).rejects.toThrow(/^kube-apiserver ended \(code 1\) before.*unknown flag: --no-such-flag/s);
    expect(foldersNow()).toEqual(before);
  });
});

function foldersNow(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('weir-controlplane-'));
}
