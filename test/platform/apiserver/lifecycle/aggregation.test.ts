import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { gatheredRules } from '../../../../src/platform/apiserver/lifecycle/aggregation.ts';
import { expectGrowsWithSize } from '../../../growth.ts';
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
    expectGrowsWithSize(
      30_000,
      (count) => {
        const store = memory();
        const rules = Array.from({ length: count }, (_, index) => {
          return { apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: [`web-${index}`] };
        });
        store.put(ROLES, labelled('a', rules));
        return { count, store };
      },
      ({ count, store }) => expect(gatheredRules('whole', WHOLE, store)).toHaveLength(count),
    );
  });
});
