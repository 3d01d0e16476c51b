import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { JsonResult } from '../../../src/report/json.ts';
import { type Cluster, startCluster } from '../../controllers/kit/cluster.ts';
import { folderWith, type Ran, weir } from '../harness.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace('shop-prod', 'prod');
  await cluster.namespace('shop-dev', 'dev');
  await cluster.namespace('kitchen');
  await cluster.apply(
    aService('shop-prod', 'cart', 'docker.io/nginx:1.25'),
    aService('shop-dev', 'cart', 'registry.example.com/shop/cart:1.4.2'),
    aService('kitchen', 'stove', 'docker.io/stove'),
    ...reader(),
  );
}, 120_000);

afterAll(() => cluster.stop());

function aService(namespace: string, name: string, image: string): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { template: { spec: { containers: [{ image }] } } },
  };
}

/** Somebody who may list everything but Secrets and Brokers. */
function reader(): JsonObject[] {
  const mayList = (apiGroups: readonly string[], ...resources: readonly string[]): JsonObject => ({
    apiGroups,
    resources,
    verbs: ['get', 'list'],
  });
  const rules = [
    mayList([''], 'namespaces', 'services', 'serviceaccounts', 'configmaps'),
    mayList(['apps', 'batch', 'autoscaling', 'networking.k8s.io', 'rbac.authorization.k8s.io'], '*'),
    mayList(['serving.knative.dev', 'messaging.knative.dev', 'flows.knative.dev', 'sources.knative.dev'], '*'),
    mayList(['eventing.knative.dev'], 'triggers', 'eventtypes', 'eventtransforms', 'kafkasinks'),
    mayList(['sinks.knative.dev', 'keda.sh', 'weir.dev', 'bitnami.com', 'external-secrets.io'], '*'),
  ];
  const metadata = { name: 'reader' };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...metadata, namespace: 'kitchen' } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'kitchen', name: 'reader' }],
    },
  ];
}

const policies = path.resolve('policies');

function audit(...args: readonly string[]): Promise<Ran> {
  return weir(['audit', '--kubeconfig', cluster.kubeconfig, '--policies', policies, ...args]);
}

function told({ findings }: JsonResult): string[] {
  return findings.map(({ rule, action, resource }) => `${action} ${rule} ${resource.namespace}/${resource.name}`);
}

describe('weir audit', () => {
  it("judges each namespace by its own environment's policy, and those without one not at all", async () => {
    const { code, stdout } = await audit('-o', 'json');
    expect(code).toBe(1);
    const result: JsonResult = JSON.parse(stdout);
    expect(told(result)).toContain('deny images/registry shop-prod/cart');
    expect(told(result).filter((line) => line.startsWith('deny') && line.endsWith('shop-dev/cart'))).toEqual([]);
    expect(told(result).filter((line) => line.includes('kitchen'))).toEqual([]);
    expect(result.summary.unassigned).toBeGreaterThan(0);
    expect(result.findings[0]).not.toHaveProperty('file');
    const filled = result.defaults.filter(({ resource }) => resource.namespace === 'shop-dev');
    expect(filled.map(({ path: place, value }) => [place, value])).toContainEqual([
      '/spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale',
      '3',
    ]);
  });

  it('says the same in every format, each naming the object', async () => {
    const place = '/spec/template/spec/containers/0/image';
    const { stdout: text } = await audit('-n', 'shop-prod');
    expect(text).toContain('Service shop-prod/cart for prod\n');
    expect(text).toContain(`  ${place}\n    deny   images/registry`);
    const { stdout: compact } = await audit('-n', 'shop-prod', '-o', 'compact');
    expect(compact).toContain(`Service shop-prod/cart ${place}: deny: images/registry [prod]: `);
    const { stdout: github } = await audit('-n', 'shop-prod', '-o', 'github');
    expect(github).toContain(`::error title=images/registry (prod)::Service shop-prod/cart ${place}: `);
    const { stdout: junit } = await audit('-n', 'shop-prod', '-o', 'junit');
    expect(junit).toContain('classname="shop-prod" name="Service shop-prod/cart"');
    const { stdout: sarif } = await audit('-n', 'shop-prod', '-o', 'sarif');
    expect(sarif).toContain(`"fullyQualifiedName":"Service shop-prod/cart${place}"`);
  });

  it('tells what a changed policy would deny and fill in beyond the one before', async () => {
    const child = (spec: string) => ({
      'policies/base.yaml': readFileSync('policies/base.yaml', 'utf8'),
      'policies/dev.yaml': `
apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: dev}
spec:
  extends: base
${spec}`,
      'policies/prod.yaml': `
apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: prod}
spec: {extends: base}
`,
    });
    const before = path.join(folderWith(child('  autoscaling: {maxScale: {default: 3}}\n')), 'policies');
    const after = path.join(
      folderWith(
        child(
          '  autoscaling: {maxScale: {default: 3}, minScale: {default: 1}}\n  images: {registries: ["ghcr.io/*"]}\n',
        ),
      ),
      'policies',
    );
    const ran = await weir([
      'audit', '--kubeconfig', cluster.kubeconfig, '--policies', after, '--compare', before, '-o', 'json',
    ]); // biome-ignore format: one line reads as the command does
    const result: JsonResult = JSON.parse(ran.stdout);
    expect(told(result)).toEqual(['deny images/registry shop-dev/cart']);
    expect(result.defaults.map(({ path: place, value }) => [place, value])).toEqual([
      ['/spec/template/metadata/annotations/autoscaling.knative.dev~1min-scale', '1'],
    ]);

    const text = await weir(['audit', '--kubeconfig', cluster.kubeconfig, '--policies', before, '--compare', after]);
    expect(text.stdout).toMatch(
      /told is what is new by the policies in .*policies; 1 finding by those in .*policies would be gone/,
    );
  });

  it('goes on without the right to read Secrets, and says of any other right that it is missing', async () => {
    const token = await cluster.client.createAt(
      { group: '', version: 'v1', plural: 'serviceaccounts', kind: 'ServiceAccount', isNamespaced: true },
      { namespace: 'kitchen', name: 'reader', subresource: 'token' },
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } },
    );
    const status = token.status;
    const text = typeof status === 'object' && status !== null && 'token' in status ? String(status.token) : '';
    const kubeconfig = readFileSync(cluster.kubeconfig, 'utf8').replace(/"token": ".*"/, `"token": "${text}"`);
    const folder = folderWith({ kubeconfig });
    const ran = await weir(['audit', '--kubeconfig', path.join(folder, 'kubeconfig'), '--policies', policies]);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toMatch(
      /no right to list in all namespaces, and an audit needs it:\s+brokers\.eventing\.knative\.dev$/m,
    );
    expect(ran.stdout).not.toMatch(/: .*secrets$/m);
    expect(ran.stdout).toContain('Secrets cannot be read with these rights');
    expect(ran.stdout).toContain('images/registry');
    expect(ran.stdout).not.toContain('images/pull-secret-missing');
  });

  it.each([
    [['--context', 'nowhere'], /has no context "nowhere"; there are /],
    [['--grade', 'prud'], /no policy for the environment "prud"; did you mean "prod"\?/],
    [['--compare', '/not/there'], /--compare \/not\/there: there is no such folder/],
    [
      ['spare'],
      /^weir: too many arguments for 'audit'\. Expected 0 arguments but got 1\. weir audit --help shows how$/m,
    ],
    [['-o', 'yaml'], /unknown output "yaml"/],
  ])('answers %j with a sentence', async (args, sentence) => {
    const { code, stderr } = await audit(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
  });

  it('says of a namespace that is not there that it is not, and judges the others', async () => {
    const { code, stdout } = await audit('-n', 'shop-prod', '-n', 'shop-prd', '-o', 'json');
    const result: JsonResult = JSON.parse(stdout);
    expect(result.errors).toEqual([
      { message: '-n shop-prd: the cluster has no such namespace; did you mean "shop-prod"?' },
    ]);
    expect(told(result)).toContain('deny images/registry shop-prod/cart');
    expect(code).toBe(2);
  });

  it('says of credentials that the server does not know what would be right', async () => {
    const kubeconfig = readFileSync(cluster.kubeconfig, 'utf8').replace(/"token": ".*"/, '"token": "old"');
    const { code, stderr } = await weir(['audit', '--kubeconfig', path.join(folderWith({ kubeconfig }), 'kubeconfig')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /does not know these credentials \(Unauthorized\); renew them, or name others with --kubeconfig/,
    );
  });

  it('says where no cluster answers', async () => {
    const kubeconfig = readFileSync(cluster.kubeconfig, 'utf8').replace(
      /"server": ".*"/,
      '"server": "https://127.0.0.1:1"',
    );
    const { code, stderr } = await weir(['audit', '--kubeconfig', path.join(folderWith({ kubeconfig }), 'kubeconfig')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/the cluster cannot be read: .*127\.0\.0\.1:1/);
  });
});
