/** The command lines, on the embedded API server in this process. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashOf } from '../../../src/cli/doctor/clusterPolicies.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { readManifests } from '../../../src/kubernetes/yaml/read.ts';
import { hashOf as hashOfFolder } from '../../../src/process/policies/folder.ts';
import { type Cluster, startCluster } from '../../controllers/kit/cluster.ts';
import { folderWith, type Ran, weir } from '../harness.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace('shop', 'prod');
  await cluster.apply(aService('shop', 'cart'), ...aReader());
}, 120_000);

afterAll(() => cluster.stop());

function aService(namespace: string, name: string): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { template: { spec: { containers: [{ image: 'registry.example.com/cart:1' }] } } },
  };
}

/** Somebody who may read Services of Knative, and nothing else. */
function aReader(): JsonObject[] {
  const group = 'rbac.authorization.k8s.io';
  const metadata = { name: 'reader' };
  return [
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata,
      rules: [{ apiGroups: ['serving.knative.dev'], resources: ['services'], verbs: ['get', 'list'] }],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'reader' }],
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'shop' } },
  ];
}

function doctor(...args: readonly string[]): Promise<Ran> {
  return weir(['doctor', ...args, '--kubeconfig', cluster.kubeconfig], { now: new Date() });
}

/** The kubeconfig of the ServiceAccount. */
async function kubeconfigOf(name: string): Promise<string> {
  const accounts = { group: '', version: 'v1', plural: 'serviceaccounts', kind: 'ServiceAccount', isNamespaced: true };
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const answer = await cluster.client.createAt(accounts, { namespace: 'shop', name, subresource: 'token' }, request);
  const text = readFileSync(cluster.kubeconfig, 'utf8');
  const token = stringAt(answer, 'status', 'token') ?? '';
  const file = path.join(folderWith({}), 'kubeconfig');
  writeFileSync(file, text.replace(/"token": ".*"/, `"token": "${token}"`));
  return file;
}

describe('weir doctor', () => {
  it('says what is wrong with a cluster that has no Weir, and ends with 1', async () => {
    const { code, stdout, stderr } = await doctor();
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain('Weir judges and fills in nothing');
    expect(stdout).toMatch(/^1 wrong/m);
    expect(stdout).toContain(`$ kubectl --kubeconfig ${cluster.kubeconfig} apply --server-side -k .`);
  });

  it('says the same as JSON, for programs', async () => {
    const { code, stdout } = await doctor('-o', 'json');
    const result = JSON.parse(stdout);
    expect([code, result.kind, result.summary.wrong]).toEqual([1, 'DoctorResult', 1]);
    expect(Object.keys(result.verdicts[0])).toEqual(['check', 'state', 'found', 'next']);
  });

  it('names the rights that are missing, and the command that gives them', async () => {
    const { stdout } = await weir(['doctor', '--kubeconfig', await kubeconfigOf('reader')], { now: new Date() });
    const flat = stdout.replace(/\s+/g, ' ');
    expect(flat).toContain('get customresourcedefinitions.apiextensions.k8s.io');
    expect(flat).toContain('kubectl --kubeconfig');
    expect(flat).toContain('create clusterrole weir-doctor --verb=get,list --resource=configmaps,');
  });

  it('says of each check that could not look why not', async () => {
    const { code, stdout } = await weir(
      ['doctor', 'service', 'cart', '-n', 'shop', '--kubeconfig', await kubeconfigOf('reader')],
      {
        now: new Date(),
      },
    );
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'the PodAutoscalers cannot be looked at: the right to list podautoscalers',
    );
    // no controller of Knative has looked at it
    expect(code).toBe(1);
  });

  it('needs no more rights than docs/doctor.md gives', async () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/doctor.md', 'utf8')) ?? [];
    const [role] = readManifests(yaml, 'docs/doctor.md').documents;
    if (role === undefined) throw new Error('docs/doctor.md shows no role');
    const group = 'rbac.authorization.k8s.io';
    await cluster.apply(role.object, {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'doctor' },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'weir-doctor' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'doctor' }],
    });
    await cluster.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'doctor', namespace: 'shop' } });
    const kubeconfig = await kubeconfigOf('doctor');
    for (const args of [['doctor'], ['doctor', 'service', 'cart', '-n', 'shop']]) {
      const { stdout } = await weir([...args, '--kubeconfig', kubeconfig, '-o', 'json'], { now: new Date() });
      const { summary } = JSON.parse(stdout);
      expect([args, summary.unseen]).toEqual([args, 0]);
    }
  });

  it('ends with 2 where no API server answers', async () => {
    const kubeconfig = path.join(folderWith({ kubeconfig: NOWHERE }), 'kubeconfig');
    const { code, stdout, stderr } = await weir(['doctor', '--kubeconfig', kubeconfig]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('weir: the cluster cannot be read: no API server answers at https://127.0.0.1:1');
  });

  it.each<[args: string[], stderr: string]>([
    [['-o', 'xml'], 'weir: unknown output "xml" (one of text, json)\n'],
    [['service', 'Cart'], 'weir: "Cart" is no name; names have up to 63 lower-case letters, digits and dashes\n'],
    [['service'], "weir: missing required argument 'name'; weir doctor service --help shows how\n"],
    [['service', 'crat', '-n', 'shop'], 'has no Knative Service crat in the namespace shop; did you mean "cart"?\n'],
    [
      ['service', 'cart', '-n', 'kitchen'],
      'has no Knative Service cart in the namespace kitchen, nor any other there; -n names another namespace\n',
    ],
  ])('refuses %j', async (args, expected) => {
    const { code, stdout, stderr } = await doctor(...args);
    expect([code, stdout, stderr.slice(-expected.length)]).toEqual([2, '', expected]);
  });

  it('colours on a terminal alone, and keeps to its width', async () => {
    const args = ['doctor', '--kubeconfig', cluster.kubeconfig];
    const plain = await weir(args, { now: new Date() });
    const coloured = await weir(args, { now: new Date(), isTTY: true, columns: 60 });
    expect(plain.stdout).not.toContain('\u001b[');
    expect(coloured.stdout).toContain('\u001b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
    const lines = coloured.stdout.replace(/\u001b\[\d+m/g, '').split('\n');
    const long = lines.filter((line) => line.length > 60 && !line.includes('$ ') && !line.startsWith('Cluster'));
    expect(long.filter((line) => line.trim().includes(' '))).toEqual([]);
  });
});

describe('the hash of policies', () => {
  it('is that of the folder that is mounted', async () => {
    const files = { 'a.yaml': 'metadata: {name: ä}\n', 'b.yml': '', 'kustomization.yaml': 'x', 'notes.md': 'y' };
    const other = folderWith(files);
    const named = Object.entries({ 'a.yaml': files['a.yaml'], 'b.yml': files['b.yml'] }).map(([name, text]) => ({
      name,
      text,
    }));
    expect(hashOf(named)).toBe(await hashOfFolder(other));
    expect(hashOf(named.slice(1))).not.toBe(hashOf(named));
  });
});

const NOWHERE = `apiVersion: v1
kind: Config
current-context: none
clusters: [{name: none, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: none, user: {token: none}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
`;
