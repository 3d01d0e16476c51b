import { describe, expect, it } from '@jest/globals';
import { guardRailsOf } from '../../src/guardrails/guardRails.ts';
import { GUARD_RAIL_LABEL, OPT_OUT } from '../../src/guardrails/marks.ts';
import { type JsonObject, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import { networkPolicy } from '../../src/kubernetes/kinds.ts';
import { describe as describeObject, referenceTo } from '../../src/kubernetes/object.ts';
import { LEFT_OUT } from '../../src/policy/leftOut.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import type { NamespacePolicy } from '../../src/policy/model/namespace.ts';
import { networkRules } from '../../src/policy/rules/network/index.ts';
import { networkPolicySelectsNow } from '../../src/policy/rules/network/policySelects.ts';
import { rbacRules } from '../../src/policy/rules/rbac/index.ts';
import { aPolicy, aService, judgeBy, messages } from '../policy/builders.ts';

const SHOP = { metadata: { name: 'shop' } };

function rails(namespace: NamespacePolicy, annotations: JsonObject = {}) {
  return guardRailsOf({ metadata: { name: 'shop', annotations } }, aPolicy({ namespace }));
}

function titles(namespace: NamespacePolicy, annotations?: JsonObject): string[] {
  return rails(namespace, annotations).objects.map(({ object }) => describeObject(referenceTo(object)));
}

const FULL: NamespacePolicy = {
  networkPolicies: {
    ingress: { default: 'deny', others: [{ name: 'ops', from: [{ namespace: 'ops' }] }] },
    egress: { default: 'deny', others: [{ name: 'web', to: [{ cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] }] }] },
  },
  roles: { 'knative-deployer': { groups: ['developers'] } },
  pullSecrets: { from: 'weir-system', names: ['regcred'], serviceAccounts: ['default'] },
  quota: { hard: { pods: 50 } },
  limitRange: { default: { memory: '512Mi' } },
};

describe('the guard rails of a namespace', () => {
  it('come in an order in which nothing is cut off or refused meanwhile', () => {
    expect(titles(FULL)).toEqual([
      'NetworkPolicy shop/weir-knative-ingress',
      'NetworkPolicy shop/weir-from-ops',
      'NetworkPolicy shop/weir-knative-egress',
      'NetworkPolicy shop/weir-to-web',
      'NetworkPolicy shop/weir-default-deny',
      'Role shop/knative-deployer',
      'RoleBinding shop/knative-deployer',
      'LimitRange shop/weir-limits',
      'ResourceQuota shop/weir-quota',
    ]);
  });

  it.each<[what: string, namespace: NamespacePolicy]>([
    ['without a section', {}],
    ['without groups', { roles: { 'knative-deployer': { groups: [] } } }],
    [
      'where nothing is closed',
      { networkPolicies: { ingress: { default: 'allow', others: [{ name: 'a', from: [] }] } } },
    ],
    ['with an empty quota and range', { quota: { hard: {} }, limitRange: { default: {} } }],
  ])('are none %s', (_, namespace) => {
    expect(titles(namespace)).toEqual([]);
  });

  it('say of themselves what they are', () => {
    for (const { section, object } of rails(FULL).objects) {
      expect(valueAt(object, 'metadata', 'labels')).toEqual({
        'app.kubernetes.io/managed-by': 'weir',
        [GUARD_RAIL_LABEL]: section,
      });
    }
  });

  it('copy no pull secret into the namespace that holds it', () => {
    const policy = aPolicy({ namespace: FULL });
    expect(guardRailsOf(SHOP, policy).pullSecrets).toEqual({
      from: 'weir-system',
      names: ['regcred'],
      serviceAccounts: ['default'],
    });
    expect(guardRailsOf({ metadata: { name: 'weir-system' } }, policy).pullSecrets).toBeUndefined();
  });

  it('know the source of a retired pull secret, which may have been a copy, and stays', () => {
    const pullSecrets = { from: 'vault', names: ['fresh'], retired: { names: ['stale'] } };
    const policy = aPolicy({ namespace: { pullSecrets } });
    expect(guardRailsOf({ metadata: { name: 'vault' } }, policy).sources).toEqual(['fresh', 'stale']);
    expect(guardRailsOf(SHOP, policy).sources).toEqual([]);
  });

  it.each([
    ['kube-system', "Kubernetes'"],
    ['knative-serving', "Knative's"],
    ['knative-eventing', "Knative's"],
    ['kourier-system', "Knative's"],
    ['argocd', "Argo CD's"],
    ['keda', "KEDA's"],
    ['weir-system', "Weir's"],
  ])('are none in %s, whatever its label says', (name, whose) => {
    const policy = aPolicy({ namespace: { ...FULL, pullSecrets: { from: name, names: ['regcred'] } } });
    const found = guardRailsOf({ metadata: { name } }, policy);
    expect([found.objects, found.pullSecrets, found.sources]).toEqual([[], undefined, ['regcred']]);
    expect(found.exempt).toContain(
      `${name} is ${whose} own namespace, and gets no guard rails, although its label says prod: `,
    );
  });

  it.each(Object.keys(LEFT_OUT))('are none in %s, where nothing is judged either', (name) => {
    expect(guardRailsOf({ metadata: { name } }, aPolicy({ namespace: FULL })).objects).toEqual([]);
  });

  it('write quantities as texts, and what the server would fill into a LimitRange', () => {
    const { objects } = rails({
      quota: { hard: { pods: 50, 'requests.cpu': 4 } },
      limitRange: { max: { cpu: 2 }, default: { memory: '512Mi' }, min: { 'ephemeral-storage': '1Mi' } },
    });
    expect(objects.map(({ object }) => object.spec)).toEqual([
      {
        limits: [
          {
            type: 'Container',
            default: { cpu: '2', memory: '512Mi' },
            defaultRequest: { cpu: '2', memory: '512Mi', 'ephemeral-storage': '1Mi' },
            min: { 'ephemeral-storage': '1Mi' },
            max: { cpu: '2' },
          },
        ],
      },
      { hard: { pods: '50', 'requests.cpu': '4' } },
    ]);
  });

  it('name others by what the policy says of them', () => {
    const { objects } = rails({
      networkPolicies: {
        ingress: {
          default: 'deny',
          others: [
            {
              name: 'db',
              from: [{ pods: {} }, { namespaceLabels: { team: 'shop' }, pods: { app: 'backup' } }],
              to: { app: 'postgres' },
              ports: [{ port: 5432, endPort: 5433 }],
            },
          ],
        },
      },
    });
    expect(objects[1]?.object.spec).toEqual({
      podSelector: { matchLabels: { app: 'postgres' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            { podSelector: {} },
            {
              namespaceSelector: { matchLabels: { team: 'shop' } },
              podSelector: { matchLabels: { app: 'backup' } },
            },
          ],
          ports: [{ port: 5432, endPort: 5433, protocol: 'TCP' }],
        },
      ],
    });
  });
});

describe('an annotation that opts out', () => {
  const annotations = { [OPT_OUT]: 'quota, limitRange,qota' };

  it('counts where the policy lets it', () => {
    const { objects, optOut } = rails({ ...FULL, optOut: { allowed: ['quota', 'limitRange'] } }, annotations);
    expect(objects.map(({ object }) => stringAt(object, 'kind'))).not.toContain('ResourceQuota');
    expect(objects.map(({ object }) => stringAt(object, 'kind'))).not.toContain('LimitRange');
    expect(optOut.refused).toEqual([
      'weir.dev/guard-rails-opt-out names "qota", which is no guard rail; did you mean "quota"?',
    ]);
  });

  it('is told, and kept from counting, where it does not', () => {
    const { objects, optOut } = rails({ ...FULL, optOut: { allowed: ['limitRange'] } }, annotations);
    expect(objects.map(({ object }) => stringAt(object, 'kind'))).toContain('ResourceQuota');
    expect(optOut.refused[0]).toBe(
      'weir.dev/guard-rails-opt-out names quota, and prod lets a namespace leave out limitRange alone; it is kept',
    );
    expect(rails(FULL, annotations).optOut.refused[0]).toBe(
      'weir.dev/guard-rails-opt-out names quota, and prod lets no namespace leave any out; it is kept',
    );
  });
});

describe("the engine's own rules", () => {
  const service = aService({ name: 'cart' });

  it.each(['dev', 'edge', 'prod', 'staging'])('find nothing wrong with the guard rails of %s', async (environment) => {
    const policy = (await loadPolicies('policies')).policies.get(environment);
    if (policy === undefined) throw new Error(`no ${environment}`);
    const objects = guardRailsOf(SHOP, policy).objects.map(({ object }) => object);
    expect(objects.some((object) => object.kind === networkPolicy.kind)).toBe(true);

    for (const rule of [...networkRules, networkPolicySelectsNow, ...rbacRules].filter(
      ({ id }) => id !== 'network/visibility',
    )) {
      for (const object of [service, ...objects]) {
        expect([rule.id, messages(judgeBy(rule, object, policy, { beside: [service, ...objects] }))]).toEqual([
          rule.id,
          [],
        ]);
      }
    }
  });

  it('would miss them', () => {
    const rule = networkRules.find(({ id }) => id === 'network/policy-selects');
    if (rule === undefined) throw new Error('no such rule');
    expect(judgeBy(rule, service)).toHaveLength(1);
  });
});
