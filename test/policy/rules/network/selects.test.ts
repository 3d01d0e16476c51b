import { describe, expect, it } from '@jest/globals';
import { auditCatalogue } from '../../../../src/audit/catalogue.ts';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { catalogue } from '../../../../src/policy/catalogue.ts';
import type { Catalogue } from '../../../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../../../src/policy/engine/policy.ts';
import { networkDeadSelector } from '../../../../src/policy/rules/network/deadSelector.ts';
import { networkPolicySelects, networkPolicySelectsNow } from '../../../../src/policy/rules/network/policySelects.ts';
import { aPolicy, aService, judgeBy, messages } from '../../builders.ts';
import { aNetworkPolicy, KNATIVE_IN } from './builders.ts';

const byApp = { podSelector: { matchLabels: { app: 'cart' } } };
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { template: { metadata: { labels: { app: 'cart' } } } },
};

describe('network/policy-selects', () => {
  const message =
    'no NetworkPolicy in sight selects the pods of cart, which every pod of the cluster can reach; add one that selects serving.knative.dev/service: cart';

  it.each<[string, JsonObject[], string[]]>([
    ['no policy', [], [message]],
    ['its policy', [aNetworkPolicy({})], []],
    ['one for all', [aNetworkPolicy({ podSelector: {} })], []],
    ['one for another', [aNetworkPolicy({ podSelector: { matchLabels: { app: 'db' } } })], [message]],
    ['one that misses it, which is told there', [aNetworkPolicy(byApp)], []],
    ['one for a Deployment of its name', [aNetworkPolicy(byApp), deployment], [message]],
    [
      'one in another namespace',
      [{ ...aNetworkPolicy({}), metadata: { name: 'cart', namespace: 'other' } }],
      [message],
    ],
    ['one that names no namespace', [{ ...aNetworkPolicy({}), metadata: { name: 'cart' } }], []],
  ])('%s beside it', (_, beside, expected) => {
    expect(messages(judgeBy(networkPolicySelects, aService(), aPolicy(), { beside }))).toEqual(expected);
  });

  it('says nothing of a Service that has no template', () => {
    expect(judgeBy(networkPolicySelects, { ...aService(), spec: { traffic: [] } })).toEqual([]);
  });
});

describe('network/policy-selects where guard rails close namespaces', () => {
  const optOut = { allowed: ['networkPolicies', 'quota'] as const };
  const closes = { networkPolicies: { ingress: { default: 'deny' as const } } };
  const without = (names: string) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', annotations: { 'weir.dev/guard-rails-opt-out': names } },
  });

  it.each<[string, EffectivePolicy['namespace'], JsonObject[], number]>([
    ['closed', closes, [], 0],
    [
      'closed, with a policy that misses it',
      closes,
      [aNetworkPolicy({ podSelector: { matchLabels: { app: 'db' } } })],
      0,
    ],
    ['closed, and may do without', { ...closes, optOut }, [], 0],
    ['closed, and does without', { ...closes, optOut }, [without('quota, networkPolicies')], 1],
    ['closed, and does without something else', { ...closes, optOut }, [without('quota')], 0],
    ['closed, and would do without, and must not', closes, [without('networkPolicies')], 0],
    ['open', { networkPolicies: { ingress: { default: 'allow' } } }, [], 1],
    ['closed on the way out alone', { networkPolicies: { egress: { default: 'deny' } } }, [], 1],
  ])('%s', (_, namespace, beside, expected) => {
    const policy = aPolicy(namespace === undefined ? {} : { namespace });
    expect(judgeBy(networkPolicySelects, aService(), policy, { beside })).toHaveLength(expected);
  });

  it('is about what is there in an audit', () => {
    const policy = aPolicy({ namespace: closes });
    expect(judgeBy(networkPolicySelectsNow, aService(), policy)).toHaveLength(1);
    expect(
      judgeBy(networkPolicySelectsNow, aService(), policy, { beside: [aNetworkPolicy({ podSelector: {} })] }),
    ).toEqual([]);
    const rule = (of: Catalogue) => of.rules.filter(({ id }) => id === 'network/policy-selects');
    expect([rule(catalogue), rule(auditCatalogue)]).toEqual([[networkPolicySelects], [networkPolicySelectsNow]]);
  });
});

describe('network/dead-selector', () => {
  const message =
    'NetworkPolicy cart selects no pod of cart, whose pods do not carry these labels; select serving.knative.dev/service: cart';
  const owned = aService({ metadata: { labels: { team: 'shop' } } });

  it.each<[string, JsonObject, JsonObject[], string[]]>([
    ['the name as app', aNetworkPolicy(byApp), [aService()], [message]],
    ['no service in sight', aNetworkPolicy(byApp), [], []],
    ['a Deployment of the name', aNetworkPolicy(byApp), [aService(), deployment], []],
    ['app on the template', aNetworkPolicy(byApp), [aService({ labels: { app: 'cart' } })], []],
    [
      'a label of the Service alone',
      aNetworkPolicy({ podSelector: { matchLabels: { team: 'shop' } } }),
      [owned],
      [message],
    ],
    ['a Revision', aNetworkPolicy({ podSelector: { matchLabels: { app: 'cart-00001' } } }), [aService()], []],
    ['all pods', aNetworkPolicy({ podSelector: {} }), [aService()], []],
    ['another pod', aNetworkPolicy({ podSelector: { matchLabels: { app: 'db' } } }), [aService()], []],
  ])('%s', (_, policy, beside, expected) => {
    expect(messages(judgeBy(networkDeadSelector, policy, aPolicy(), { beside }))).toEqual(expected);
  });

  it('lets Knative in with the same fix, unless it is in already', () => {
    const select = { op: 'replace', path: '/spec/podSelector' };
    const fixOf = (spec: JsonObject) =>
      judgeBy(networkDeadSelector, aNetworkPolicy({ ...byApp, ...spec }), aPolicy(), { beside: [aService()] })[0]?.fix;
    expect(fixOf({ ingress: [KNATIVE_IN] })).toMatchObject([select]);
    expect(fixOf({ ingress: [] })).toMatchObject([select, { op: 'add', path: '/spec/ingress/-' }, { op: 'add' }]);
    expect(fixOf({ policyTypes: ['Egress'] })).toMatchObject([select]);
  });
});
