import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { rbacClusterAdmin } from '../../../../src/policy/rules/rbac/clusterAdmin.ts';
import { rbacDefaultServiceAccount } from '../../../../src/policy/rules/rbac/defaultServiceAccount.ts';
import { rbacReserved } from '../../../../src/policy/rules/rbac/reserved.ts';
import { aPolicy, judgeBy, messages, paths } from '../../builders.ts';
import { aBinding, aClusterRole, aRole } from './builders.ts';

const team = { kind: 'Group', name: 'team-shop' };

describe('rbac/cluster-admin', () => {
  it.each<[JsonObject, string[]]>([
    [aBinding([team]), []],
    [
      aBinding([team], { kind: 'ClusterRole', name: 'cluster-admin' }),
      ['RoleBinding deployers gives cluster-admin, which may do everything; bind a role that names what is needed'],
    ],
    [aBinding([team], { kind: 'Role', name: 'cluster-admin' }), []],
    [
      aBinding([{ kind: 'Group', name: 'system:masters' }]),
      ['RoleBinding deployers names the group system:masters, which no RBAC rule can bound; name a group of your own'],
    ],
    [aBinding([{ kind: 'User', name: 'system:masters' }]), []],
    [aBinding('everybody', {}), []],
  ])('%j', (binding, expected) => {
    expect(messages(judgeBy(rbacClusterAdmin, binding))).toEqual(expected);
  });
});

describe('rbac/default-service-account', () => {
  const binds = (who: string) => [`RoleBinding deployers binds ${who}; bind an account of its own`];

  it.each<[JsonValue, string[]]>([
    [team, []],
    [{ kind: 'ServiceAccount', name: 'cart', namespace: 'shop' }, []],
    [{ kind: 'User', name: 'default' }, []],
    [{ kind: 'ServiceAccount', name: 'default' }, binds('default, the account of every pod that names none')],
    [
      { kind: 'Group', name: 'system:serviceaccounts' },
      binds('system:serviceaccounts, every account of every namespace'),
    ],
    [
      { kind: 'Group', name: 'system:serviceaccounts:shop' },
      binds('system:serviceaccounts:shop, every account of a namespace'),
    ],
    [{ kind: 'Group', name: 'system:authenticated' }, binds('system:authenticated, everybody who has a login')],
    [{ kind: 'Group', name: 'system:unauthenticated' }, binds('system:unauthenticated, everybody without a login')],
    [{ kind: 'User', name: 'system:anonymous' }, binds('system:anonymous, who is everybody without a login')],
    [null, []],
  ])('%j', (subject, expected) => {
    expect(messages(judgeBy(rbacDefaultServiceAccount, aBinding([subject])))).toEqual(expected);
  });
});

describe('rbac/reserved', () => {
  const policy = aPolicy({
    rbac: {
      reserved: [
        {
          apiGroup: 'weir.dev',
          resources: ['policyexceptions'],
          subjects: ['Group:platform', 'ServiceAccount:argocd/*'],
        },
      ],
    },
  });
  const may = (who: string, role = 'Role deployer') =>
    `${who} may write policyexceptions through ${role}, and prod keeps that for Group:platform, ServiceAccount:argocd/*`;
  const writes = { apiGroups: ['weir.dev'], resources: ['policyexceptions'], verbs: ['get', 'patch'] };

  it.each<[string, JsonValue, JsonValue, string[]]>([
    ['a group that is not named', writes, team, [may('Group:team-shop')]],
    ['a group that is', writes, { kind: 'Group', name: 'platform' }, []],
    ['a user of the name of the group', writes, { kind: 'User', name: 'platform' }, [may('User:platform')]],
    ['an account that is named', writes, { kind: 'ServiceAccount', name: 'sync', namespace: 'argocd' }, []],
    [
      'an account of the namespace of the binding',
      writes,
      { kind: 'ServiceAccount', name: 'sync' },
      [may('ServiceAccount:shop/sync')],
    ],
    ['reading', { ...writes, verbs: ['get', 'list', 'watch'] }, team, []],
    ['another group of the API', { ...writes, apiGroups: ['example.com'] }, team, []],
    ['all groups and resources', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, team, [may('Group:team-shop')]],
  ])('%s', (_, rule, subject, expected) => {
    expect(messages(judgeBy(rbacReserved, aBinding([subject]), policy, { beside: [aRole(rule)] }))).toEqual(expected);
  });

  it('says nothing of a role that is not in sight', () => {
    expect(judgeBy(rbacReserved, aBinding([team]), policy)).toEqual([]);
  });

  it('follows ClusterRoles, and those that they aggregate', () => {
    const whole = {
      ...aClusterRole({}),
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] },
    };
    const part = aClusterRole({ name: 'part', labels: { part: 'yes' } }, writes);
    const binding = aBinding([team], { kind: 'ClusterRole', name: 'deployer' });
    expect(messages(judgeBy(rbacReserved, binding, policy, { beside: [whole, part] }))).toEqual([
      may('Group:team-shop', 'ClusterRole deployer'),
    ]);
    expect(judgeBy(rbacReserved, binding, policy, { beside: [whole] })).toEqual([]);
  });

  it('denies a ClusterRole that adds to what every team may have', () => {
    const role = aClusterRole({ labels: { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' } }, writes);
    const findings = judgeBy(rbacReserved, role, policy);
    expect(messages(findings)).toEqual([
      'ClusterRole deployer lets everybody who is bound to edit write policyexceptions, and prod keeps that for Group:platform, ServiceAccount:argocd/*',
    ]);
    expect(paths(findings)).toEqual(['/metadata/labels/rbac.authorization.k8s.io~1aggregate-to-edit']);
    expect(judgeBy(rbacReserved, aClusterRole({}, writes), policy)).toEqual([]);
  });

  it('judges a role at the API, too, since there its binding may have come first', () => {
    const user = { name: 'jane', groups: [] };
    const by = (role: JsonObject, ...bindings: JsonObject[]) =>
      messages(judgeBy(rbacReserved, role, policy, { user, beside: bindings }));
    const sentence = (role: string) =>
      `Group:team-shop may write policyexceptions by ${role} deployer, through RoleBinding deployers, and prod keeps that for Group:platform, ServiceAccount:argocd/*`;

    expect(by(aRole(writes), aBinding([team, { kind: 'Group', name: 'platform' }]))).toEqual([sentence('Role')]);
    const toCluster = aBinding([team], { kind: 'ClusterRole', name: 'deployer' });
    expect(by(aClusterRole({}, writes), toCluster)).toEqual([sentence('ClusterRole')]);
    expect(by(aRole(writes), toCluster)).toEqual([]);
    expect(by(aRole({ ...writes, verbs: ['get'] }), aBinding([team]))).toEqual([]);
    expect(by(aRole(writes), aBinding([team], { kind: 'Role', name: 'other' }))).toEqual([]);
    // at the command line the binding stands in the same input, and is judged itself
    expect(judgeBy(rbacReserved, aRole(writes), policy, { beside: [aBinding([team])] })).toEqual([]);
  });
});
