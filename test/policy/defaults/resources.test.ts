import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { resourcesDefaults } from '../../../src/policy/defaults/resources.ts';
import type { ResourcesPolicy } from '../../../src/policy/model/resources.ts';
import { limits } from '../../../src/policy/rules/resources/limits.ts';
import { aPolicy, aService, fillsOf, only, verdictOf } from '../builders.ts';

const RESOURCES = '/spec/template/spec/containers/0/resources/';
const CPU: ResourcesPolicy = { requests: { cpu: { default: '200m', max: '2' } }, limits: { cpu: { default: 2 } } };

function filled(resources: unknown, policy: ResourcesPolicy): Record<string, unknown> {
  const container = (resources === undefined ? {} : { resources }) as JsonObject;
  const fills = fillsOf(resourcesDefaults, aService({ container }), aPolicy({ resources: policy }));
  return Object.fromEntries(Object.entries(fills).map(([path, value]) => [path.replace(RESOURCES, ''), value]));
}

describe('resources defaults', () => {
  it.each<[unknown, ResourcesPolicy, Record<string, unknown>]>([
    [undefined, CPU, { 'requests/cpu': '200m', 'limits/cpu': '2' }],
    [null, CPU, { 'requests/cpu': '200m', 'limits/cpu': '2' }],
    [{ requests: null, limits: {} }, CPU, { 'requests/cpu': '200m', 'limits/cpu': '2' }],
    [{ requests: { cpu: '1' }, limits: { cpu: '1' } }, CPU, {}],
    [{ limits: { cpu: '100m' } }, CPU, { 'requests/cpu': '100m' }],
    [{ limits: { cpu: 0.1 } }, CPU, { 'requests/cpu': '0.1' }],
    [{ requests: { cpu: '3000m' } }, CPU, { 'limits/cpu': '3000m' }],
    [{ requests: { cpu: 'much' } }, CPU, { 'limits/cpu': '2' }],
    [{ requests: { memory: '1Gi' } }, CPU, { 'requests/cpu': '200m', 'limits/cpu': '2' }],
    ['large', CPU, {}],
    [{ requests: 'large' }, CPU, {}],
    // The ratio is kept: the request rises to carry the author's limit, the default limit comes down.
    [{ limits: { cpu: '4' } }, { ...CPU, limitToRequest: { cpu: 10 } }, { 'requests/cpu': '400m' }],
    [{ requests: { cpu: '15m' } }, { ...CPU, limitToRequest: { cpu: 10 } }, { 'limits/cpu': '150m' }],
    [
      { requests: { memory: '100Mi' } },
      { limits: { memory: { default: '2Gi' } }, limitToRequest: { memory: 4 } },
      { 'limits/memory': '400Mi' },
    ],
    // …unless that would break a bound.
    [{ limits: { cpu: '100' } }, { ...CPU, limitToRequest: { cpu: 10 } }, { 'requests/cpu': '200m' }],
    [
      undefined,
      { requests: { cpu: { default: '2' } }, limits: { cpu: { default: '1' } } },
      { 'requests/cpu': '1', 'limits/cpu': '1' },
    ],
    [undefined, { requests: { 'ephemeral-storage': { default: '1Gi' } } }, { 'requests/ephemeral-storage': '1Gi' }],
    [undefined, { requests: { cpu: { max: '2' } } }, {}],
  ])('%j under %j gets %j', (resources, policy, expected) => {
    expect(filled(resources, policy)).toEqual(expected);
  });

  it('reach every container, init containers too', () => {
    const service = aService({ podSpec: { initContainers: [{ name: 'migrate' }] } });
    expect(Object.keys(fillsOf(resourcesDefaults, service, aPolicy({ resources: CPU })))).toEqual([
      `${RESOURCES}requests/cpu`,
      `${RESOURCES}limits/cpu`,
      '/spec/template/spec/initContainers/0/resources/requests/cpu',
      '/spec/template/spec/initContainers/0/resources/limits/cpu',
    ]);
  });

  it('leave a Deployment to the finding and its fix', () => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { template: { spec: { containers: [{ name: 'a' }] } } },
    };
    const catalogue = only({ rules: [limits], defaulters: resourcesDefaults });
    const { defaults, findings } = verdictOf(catalogue, deployment, aPolicy({ resources: CPU }));
    expect(defaults).toEqual([]);
    expect(findings).toMatchObject([
      { fix: [{ op: 'add', path: '/spec/template/spec/containers/0/resources', value: { limits: { cpu: '2' } } }] },
    ]);
  });
});
