import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { auditController } from '../../../controllers/audit/controller.ts';
import { digestOf } from '../../../controllers/audit/reports.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { arrayAt, stringAt } from '../../../src/kubernetes/json.ts';
import { openReportCrds, reportCrds } from '../../../src/platform/crds/reports.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { HandPolicies, policiesOf } from '../kit/policies.ts';
import { type Run, run } from '../kit/run.ts';

const openReports: Resource = {
  group: 'openreports.io',
  version: 'v1alpha1',
  plural: 'reports',
  kind: 'Report',
  isNamespaced: true,
};

const policyReports: Resource = {
  ...openReports,
  group: 'wgpolicyk8s.io',
  version: 'v1alpha2',
  plural: 'policyreports',
  kind: 'PolicyReport',
};

let cluster: Cluster;
let running: Run | undefined;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace('shop', 'prod');
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  await cluster.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { namespace: 'shop', name: 'everything' },
    rules,
  });
}, 120_000);

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

afterAll(() => cluster.stop());

async function start(): Promise<Run> {
  running = await run(cluster, { controllers: [auditController()], policies: new HandPolicies(await policiesOf()) });
  await running.settle();
  return running;
}

describe('where reports go', () => {
  it('is nowhere in a cluster that takes none, and what was found is in the metrics', async () => {
    const now = await start();
    expect(await now.registry.metrics()).toContain(
      'weir_audit_findings{rule="rbac/wildcards",environment="prod",action="deny"} 1',
    );
    expect(now.told.filter((line) => !line.startsWith('info'))).toEqual([]);
  });

  it('is where the cluster takes them by now, once its definitions are installed', async () => {
    const now = await start();
    const rulesIn = async (resource: Resource): Promise<unknown[]> => {
      const report = await cluster.client.get(resource, { namespace: 'shop', name: 'weir' }).catch(() => undefined);
      return arrayAt(report, 'results').map((result) => stringAt(result, 'rule'));
    };
    await cluster.apply(...reportCrds());
    await now.settle();
    await now.pass(2_000);
    expect(await rulesIn(policyReports)).toContain('rbac/wildcards');

    await cluster.apply(...openReportCrds());
    await now.settle();
    await now.pass(2_000);
    expect(await rulesIn(openReports)).toContain('rbac/wildcards');
    // or there would be two, of which one is never written anew
    expect(await rulesIn(policyReports)).toEqual([]);
  });

  it('is OpenReports where the cluster has both', async () => {
    await cluster.apply(...reportCrds(), ...openReportCrds());
    await start();
    const report = await cluster.client.get(openReports, { namespace: 'shop', name: 'weir' });
    expect(arrayAt(report, 'results').map((result) => stringAt(result, 'rule'))).toContain('rbac/wildcards');
    await expect(cluster.client.get(policyReports, { namespace: 'shop', name: 'weir' })).rejects.toThrow('not found');
  });

  it('is asked ever more seldom where they are refused', async () => {
    await cluster.apply(...reportCrds(), ...openReportCrds());
    await cluster.namespace('refused', 'prod');
    const { client } = await cluster.connect();
    let asked = 0;
    const refusing: Client = {
      ...client,
      async create(resource, object, options) {
        if (resource.plural !== 'reports') return client.create(resource, object, options);
        asked++;
        throw new ApiError(403, 'Forbidden', 'exceeded quota');
      },
    };
    running = await run(cluster, {
      controllers: [auditController()],
      policies: new HandPolicies(await policiesOf()),
      client: refusing,
    });
    // its patience: so often in a row it failed, and waits longer each time
    await running.settle();
    expect(asked).toBeGreaterThan(5);
  });
});

describe('the digest of a report', () => {
  it('is the same in whatever order fields stand, and another where anything else is said', () => {
    const one = digestOf({ summary: { fail: 1, pass: 2 }, results: [{ rule: 'a', properties: { x: '1', y: '2' } }] });
    expect(digestOf({ results: [{ properties: { y: '2', x: '1' }, rule: 'a' }], summary: { pass: 2, fail: 1 } })).toBe(
      one,
    );
    expect(
      digestOf({ summary: { fail: 1, pass: 2 }, results: [{ rule: 'b', properties: { x: '1', y: '2' } }] }),
    ).not.toBe(one);
    expect(digestOf({ summary: { fail: 1, pass: 2 }, results: [] })).not.toBe(one);
  });
});
