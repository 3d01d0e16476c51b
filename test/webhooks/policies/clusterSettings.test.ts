import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { inventoryOf } from '../../../src/policy/engine/inventory.ts';
import { withSettingsOf } from '../../../webhooks/policies/clusterSettings.ts';
import { aPolicy } from '../../policy/builders.ts';
import { storeOf } from '../server/harness.ts';

function autoscaler(limit: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config-autoscaler', namespace: 'knative-serving' },
    data: { 'max-scale-limit': limit },
  };
}

describe("the cluster's own settings", () => {
  const policy = aPolicy();

  it('lie over what the policy says, and follow what the cluster says', () => {
    let inventory = inventoryOf([]);
    const settled = withSettingsOf({ ...inventory, find: (...asked) => inventory.find(...asked) }, storeOf([policy]));
    expect(settled.policyFor('prod')).toBe(policy);
    inventory = inventoryOf([autoscaler('30')]);
    expect(settled.policyFor('prod')?.knative.autoscaler['max-scale-limit']).toBe('30');
    inventory = inventoryOf([autoscaler('40')]);
    expect(settled.policyFor('prod')?.knative.autoscaler['max-scale-limit']).toBe('40');
  });

  it('leave a policy the same object until they change: what is worked out from it is kept by that', () => {
    const settled = withSettingsOf(inventoryOf([autoscaler('30')]), storeOf([policy], 'abc'));
    const first = settled.policyFor('prod');
    expect(first).not.toBe(policy);
    expect(settled.policyFor('prod')).toBe(first);
    expect([settled.environments(), settled.hash(), settled.policyFor('x')]).toEqual([['prod'], 'abc', undefined]);
  });
});
