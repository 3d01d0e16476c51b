import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../src/knative/settings.ts';
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { inventoryOf } from '../../src/policy/engine/inventory.ts';
import { maxScale } from '../../src/policy/rules/autoscaling/scales.ts';
import { withClusterSettings } from '../../src/policy/settings.ts';
import { aPolicy, aService, judgeBy, verdictOf } from './builders.ts';

const policy = aPolicy({ knative: { ...DEFAULT_SETTINGS, autoscaler: { 'max-scale': '5', 'min-scale': '1' } } });

function aConfigMap(name: string, data: JsonValue, namespace = 'knative-serving'): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...(namespace === '' ? {} : { namespace }) }, data };
}

describe('withClusterSettings', () => {
  it('lays the ConfigMaps over what the policy says, key by key', () => {
    const inventory = inventoryOf([
      aConfigMap('config-autoscaler', { 'max-scale': '9', _example: 'min-scale: "3"', number: 4 }),
      aConfigMap('config-defaults', { 'container-concurrency': '10' }, ''),
      aConfigMap('config-features', { 'kubernetes.podspec-affinity': 'enabled' }),
    ]);
    const { knative } = withClusterSettings(policy, inventory);
    expect(knative.autoscaler).toEqual({ 'max-scale': '9', 'min-scale': '1' });
    expect(knative.defaults).toEqual({ 'container-concurrency': '10' });
    expect(knative.features).toEqual({ 'kubernetes.podspec-affinity': 'enabled' });
  });

  it.each<[string, JsonObject[]]>([
    ['nothing', []],
    ['another namespace', [aConfigMap('config-autoscaler', { 'max-scale': '9' }, 'shop')]],
    ['another name', [aConfigMap('autoscaler', { 'max-scale': '9' })]],
    ['no data', [aConfigMap('config-autoscaler', 'max-scale: 9')]],
  ])('gives the policy itself back for %s', (_, objects) => {
    expect(withClusterSettings(policy, inventoryOf(objects))).toBe(policy);
  });

  it("decides what is judged: the cluster's max-scale, and its containerConcurrency", () => {
    const bounded = aPolicy({ autoscaling: { maxScale: { max: 20 } } });
    expect(judgeBy(maxScale, aService(), bounded)).toHaveLength(1);
    const inventory = inventoryOf([
      aConfigMap('config-autoscaler', { 'max-scale': '9' }),
      aConfigMap('config-defaults', { 'revision-timeout-seconds': '77' }),
    ]);
    const settled = withClusterSettings(bounded, inventory);
    expect(judgeBy(maxScale, aService(), settled)).toEqual([]);
    expect(catalogue.knativeDefaults(aService(), settled)).toMatchObject({
      spec: { template: { spec: { timeoutSeconds: 77 } } },
    });
    expect(verdictOf(catalogue, aService(), settled).object).not.toMatchObject({
      spec: { template: { spec: { timeoutSeconds: 77 } } },
    });
  });
});
