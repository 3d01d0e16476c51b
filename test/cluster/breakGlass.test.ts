/** The rights of overlays/components/break-glass, asked of the API server that has Knative's roles. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { valueAt } from '../../src/kubernetes/json.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { cluster } from './harness/cluster.ts';

const FILE = 'overlays/components/break-glass/roles.yaml';
const { api, kubectl } = cluster();

async function may(group: string, attributes: Readonly<Record<string, string>>): Promise<boolean> {
  const spec = { user: 'weir-break-glass', groups: [group], resourceAttributes: attributes };
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
  return (
    valueAt(await api.create('/apis/authorization.k8s.io/v1/subjectaccessreviews', review), 'status', 'allowed') ===
    true
  );
}

const SERVICES = { group: 'serving.knative.dev', resource: 'services', namespace: 'default' };

beforeAll(async () => {
  const { code, stderr } = await kubectl(['apply', '--server-side', '--validate=strict', '-f', FILE]);
  expect([code, stderr]).toEqual([0, '']);
  await until('the roles count', { seconds: 20 }, () => may('weir-break-glass', { ...SERVICES, verb: 'create' }));
});

afterAll(async () => {
  await kubectl(['delete', '-f', FILE]);
});

describe('break-glass', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['platform', { verb: 'impersonate', resource: 'groups', name: 'weir-break-glass' }, true],
    ['platform', { verb: 'impersonate', resource: 'users', name: 'weir-break-glass' }, true],
    ['platform', { verb: 'impersonate', resource: 'users', name: 'jane' }, false],
    ['platform', { verb: 'impersonate', resource: 'groups', name: 'system:masters' }, false],
    ['team-shop', { verb: 'impersonate', resource: 'groups', name: 'weir-break-glass' }, false],
    ['weir-break-glass', { ...SERVICES, verb: 'patch' }, true],
    ['weir-break-glass', { verb: 'create', resource: 'configmaps', namespace: 'default' }, true],
    ['weir-break-glass', { verb: 'patch', resource: 'namespaces', name: 'default' }, false],
    ['weir-break-glass', { verb: 'impersonate', resource: 'users', name: 'weir-break-glass' }, false],
  ])('%s may %j: %s', async (group, attributes, allowed) => {
    expect(await may(group, attributes)).toBe(allowed);
  });
});
