/** docs/guard-rails.md says what the code does. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { gatewaysIn } from '../../src/guardrails/gateways.ts';
import { guardRailsOf } from '../../src/guardrails/guardRails.ts';
import * as marks from '../../src/guardrails/marks.ts';
import { describeError, resolvePolicies } from '../../src/policy/load/resolve.ts';

const page = readFileSync('docs/guard-rails.md', 'utf8');
const [policy = '', retiring = '', namespace = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
  ([, text = '']) => text,
);

function resolved(text: string) {
  return resolvePolicies([{ file: 'policies/prod.yaml', text }], { ruleIds: [] });
}

describe('docs/guard-rails.md', () => {
  it('shows a policy that loads, and names what is made of it', () => {
    const set = resolved(policy);
    expect(set.errors).toEqual([]);
    const prod = set.policies.get('prod');
    if (prod === undefined) throw new Error('no prod');
    const { objects } = guardRailsOf({ metadata: { name: 'shop' } }, prod);
    expect(objects.map(({ object }) => object.kind)).toEqual([
      'NetworkPolicy',
      'NetworkPolicy',
      'NetworkPolicy',
      'NetworkPolicy',
      'NetworkPolicy',
      'Role',
      'RoleBinding',
      'LimitRange',
      'ResourceQuota',
    ]);
  });

  it('shows how a pull secret is retired, as a policy that loads', () => {
    const head = 'apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: prod}\n';
    const set = resolved(`${head}${retiring}`);
    expect(set.errors).toEqual([]);
    expect(set.policies.get('prod')?.namespace?.pullSecrets?.retired).toEqual({
      names: ['regcred'],
      serviceAccounts: ['builder'],
    });
  });

  it('shows the sentence of a quota that blocks every pod', () => {
    const without = policy
      .replace(/ {4}limitRange:\n.*\n.*\n/, '')
      .replace(/ {4}networkPolicies:[\s\S]*?(?= {4}roles:)/, '');
    const errors = resolved(without).errors.map(describeError);
    expect(errors).toHaveLength(1);
    const [, sentence = ''] = errors[0]?.split(/:\d+: /) ?? [];
    expect(page).toContain(sentence);
  });

  it('names every mark, and every gateway with its pods and ports', () => {
    const { GUARD_RAIL_LABEL, MANAGED_BY, ADOPTED, JOINED, OPT_OUT, ARGO_LABEL, ARGO_ANNOTATION, NAMES } = marks;
    for (const mark of [GUARD_RAIL_LABEL, MANAGED_BY, ADOPTED, JOINED, ARGO_LABEL, ARGO_ANNOTATION])
      expect(page).toContain(mark);
    for (const name of [NAMES.defaultDeny, NAMES.ingress, NAMES.egress]) expect(page).toContain(`| \`${name}\` |`);
    expect(namespace).toContain(OPT_OUT);
    for (const gateway of gatewaysIn(['kourier-system', 'knative-serving', 'istio-system', 'contour-internal'])) {
      const [row = ''] = page.split('\n').filter((line) => line.startsWith(`| \`${gateway.namespace}\``));
      for (const [key, value] of Object.entries(gateway.labels)) expect(row).toContain(`\`${key}: ${value}\``);
      expect(row).toContain(gateway.localPorts.join(', '));
    }
  });
});
