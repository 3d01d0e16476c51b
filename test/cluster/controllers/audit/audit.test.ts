/**
 * The audit on a real API server: the controller's report and `weir audit` say the same of what got in before the policy,
 * with the rights that the controller names and no more.
 */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditController } from '../../../../controllers/audit/controller.ts';
import { declaredBy } from '../../../../controllers/manager/declared.ts';
import { rulesOf } from '../../../../controllers/manager/rights.ts';
import { type Client, clientOver } from '../../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../../src/kubernetes/client/connection.ts';
import type { Resource } from '../../../../src/kubernetes/client/resource.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import { reportCrds } from '../../../../src/platform/crds/reports.ts';
import { writeKubeconfig } from '../../../../src/platform/kubeconfig.ts';
import type { CheckResult } from '../../../../src/report/result.ts';
import { weir } from '../../../cli/harness.ts';
import type { Cluster } from '../../../controllers/kit/cluster.ts';
import { HandPolicies, policiesOf } from '../../../controllers/kit/policies.ts';
import { type Run, run } from '../../../controllers/kit/run.ts';
import { cluster as controlPlane, freshNamespace } from '../../harness/cluster.ts';
import { realCluster } from '../schedule/real.ts';

const ACCOUNT = { namespace: 'weir-audit-test', name: 'weir-controller' };
const serviceAccounts: Resource = {
  group: '',
  version: 'v1',
  plural: 'serviceaccounts',
  kind: 'ServiceAccount',
  isNamespaced: true,
};
const reports: Resource = {
  group: 'wgpolicyk8s.io',
  version: 'v1alpha2',
  plural: 'policyreports',
  kind: 'PolicyReport',
  isNamespaced: true,
};

let cluster: Cluster;
let connection: Connection;
let running: Run;
let limited: Client;
let namespace: string;

beforeAll(async () => {
  cluster = await realCluster();
  const policies = new HandPolicies(await policiesOf());
  await cluster.apply(...reportCrds());
  await cluster.namespace(ACCOUNT.namespace);
  await cluster.apply(...accountWith(rulesOf(declaredBy(auditController(), policies).rights)));
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const answer = await cluster.client.createAt(serviceAccounts, { ...ACCOUNT, subresource: 'token' }, request);
  const { server, ca, folder } = controlPlane();
  const kubeconfig = path.join(folder, 'audit.kubeconfig');
  writeKubeconfig(kubeconfig, { server, ca, token: stringAt(answer, 'status', 'token') ?? '' });
  connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  limited = clientOver(connection);

  // before it has a policy, so that nobody is asked
  namespace = await freshNamespace(controlPlane());
  await cluster.apply(
    aService('cart', 'docker.io/nginx:1.25'),
    aService('order', 'registry.example.com/shop/order:1.0.0'),
    aRole('reader', ['get']),
    aRole('everything', ['*']),
  );
  const labels = { 'weir.dev/environment': 'prod' };
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
  running = await run(cluster, { controllers: [auditController()], policies, client: limited });
  await running.settle();
}, 120_000);

afterAll(async () => {
  await running?.stop();
  connection?.close();
  await controlPlane().kubectl(['delete', 'namespace', ACCOUNT.namespace, '--wait=false']);
  await controlPlane().kubectl(['delete', 'clusterrole,clusterrolebinding', 'weir-audit-test']);
  await cluster?.stop();
});

function aService(name: string, image: string): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { template: { spec: { containers: [{ image }] } } },
  };
}

function aRole(name: string, verbs: readonly string[]): JsonObject {
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs }];
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { namespace, name }, rules };
}

function accountWith(rules: readonly JsonObject[]): JsonObject[] {
  const metadata = { name: 'weir-audit-test' };
  const apiGroup = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: ACCOUNT },
    { apiVersion: `${apiGroup}/v1`, kind: 'ClusterRole', metadata, rules },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'weir-audit-test' },
      subjects: [{ kind: 'ServiceAccount', ...ACCOUNT }],
    },
  ];
}

/** `fail rbac/wildcards Role/everything`, in the order of the alphabet. */
async function reported(): Promise<string[]> {
  const report = await cluster.client.get(reports, { namespace, name: 'weir' });
  return arrayAt(report, 'results')
    .map((result) => {
      const [about] = arrayAt(result, 'resources');
      return `${stringAt(result, 'result')} ${stringAt(result, 'rule')} ${stringAt(about, 'kind')}/${stringAt(about, 'name')}`;
    })
    .sort();
}

describe('the audit on an API server', () => {
  it('reports what was there before the policy, with the rights that it names', async () => {
    const told = await reported();
    expect(told).toContain('fail images/registry Service/cart');
    expect(told).toContain('fail rbac/wildcards Role/everything');
    expect(told.filter((line) => line.endsWith('Role/reader'))).toEqual([]);
    expect(running.told.filter((line) => line.startsWith('error') || line.includes('forbidden'))).toEqual([]);
  });

  it('says what weir audit says from outside', async () => {
    const { kubeconfig } = controlPlane();
    const args = ['--kubeconfig', kubeconfig, '--policies', path.resolve('policies'), '-n', namespace, '-o', 'json'];
    const { stdout, stderr } = await weir(['audit', ...args]);
    expect(stderr).toBe('');
    const { findings, errors }: CheckResult = JSON.parse(stdout);
    expect(errors).toEqual([]);
    const told = findings
      .map(
        ({ rule, action, resource }) =>
          `${action === 'deny' ? 'fail' : 'warn'} ${rule} ${resource.kind}/${resource.name}`,
      )
      .sort();
    expect(told).toEqual(await reported());
  });

  it('reads well by kubectl', async () => {
    const { stdout } = await controlPlane().kubectl(['get', 'policyreports', '-n', namespace]);
    const [head = '', row = ''] = stdout.trim().split('\n');
    expect(head.split(/\s+/)).toEqual(['NAME', 'KIND', 'NAME', 'PASS', 'FAIL', 'WARN', 'ERROR', 'SKIP', 'AGE']);
    const told = await reported();
    const fails = told.filter((line) => line.startsWith('fail')).length;
    expect(row).toMatch(new RegExp(`^weir\\s+\\d+\\s+${fails}\\s+${told.length - fails}\\s+0\\s+0\\s`));
  });

  it('follows what is put right', async () => {
    await cluster.apply(aRole('everything', ['get']));
    await running.settle();
    await running.pass(2_000);
    expect(await reported()).not.toContain('fail rbac/wildcards Role/everything');
  });
});
