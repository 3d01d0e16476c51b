import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { gatheredRules } from '../../../../src/platform/apiserver/lifecycle/aggregation.ts';
import { role } from '../auth/builders.ts';
import { memory } from '../auth/memory.ts';

const ROLES = 'clusterroles.rbac.authorization.k8s.io';
const WHOLE = { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }, {}] } };

function labelled(name: string, rules: JsonObject[]): JsonObject {
  return { ...role(name, rules), metadata: { name, labels: { part: 'yes' } } };
}

describe('gathered rules', () => {
  it('are each there once, whatever the order of their fields, as they come', () => {
    const store = memory();
    const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
    const turned = { verbs: ['get'], resources: ['pods'], apiGroups: [''] };
    const named = { ...pods, resourceNames: ['web'] };
    const others = { ...pods, resources: ['nodes', 'pods'] };
    store.put(ROLES, labelled('a', [pods, named]));
    store.put(ROLES, labelled('b', [others, turned]));
    store.put(ROLES, labelled('whole', [{ ...pods, verbs: ['*'] }]));
    expect(gatheredRules('whole', WHOLE, store)).toEqual([pods, named, others]);
  });

  it('can be many', () => {
    const store = memory();
    const rules = Array.from({ length: 30_000 }, (_, index) => {
      return { apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: [`web-${index}`] };
    });
    store.put(ROLES, labelled('a', rules));
    const begin = performance.now();
    expect(gatheredRules('whole', WHOLE, store)).toHaveLength(30_000);
    // each compared with each other they would take several times as long
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});
