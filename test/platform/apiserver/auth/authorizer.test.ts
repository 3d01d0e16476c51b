import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { authorize } from '../../../../src/platform/apiserver/auth/denied.ts';
import { rbacAuthorizer } from '../../../../src/platform/apiserver/auth/rbac/authorizer.ts';
import type { Attributes, User } from '../../../../src/platform/apiserver/auth/user.ts';
import { asks, aUser, binding, role } from './builders.ts';
import { type Memory, memory } from './memory.ts';

const ROLES = 'roles.rbac.authorization.k8s.io';
const CLUSTER_ROLES = 'clusterroles.rbac.authorization.k8s.io';
const BINDINGS = 'rolebindings.rbac.authorization.k8s.io';
const CLUSTER_BINDINGS = 'clusterrolebindings.rbac.authorization.k8s.io';

const jane = aUser('jane', 'team', 'system:authenticated');

/** Jane may what the rule says, everywhere. */
function withRule(rule: JsonObject): Memory {
  const store = memory();
  store.put(CLUSTER_ROLES, role('r', [rule]));
  store.put(CLUSTER_BINDINGS, binding('b', 'ClusterRole:r', ['User:jane']));
  return store;
}

function refusal(store: Memory, attributes: Attributes): string {
  try {
    authorize(rbacAuthorizer(store), attributes);
    return 'allowed';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const PODS = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };

describe('a rule', () => {
  it.each<[JsonObject, string, string, string, boolean]>([
    [PODS, 'get', 'pods', 'web', true],
    [PODS, 'list', 'pods', '', false],
    [PODS, 'get', 'pods/log', 'web', false],
    [PODS, 'get', 'pods.other.io', 'web', false],
    [{ ...PODS, verbs: ['*'] }, 'escalate', 'pods', 'web', true],
    [{ ...PODS, apiGroups: ['*'] }, 'get', 'pods.other.io', 'web', true],
    [{ ...PODS, resources: ['*'] }, 'get', 'pods/log', 'web', true],
    [{ ...PODS, resources: ['pods/*'] }, 'get', 'pods/log', 'web', false],
    [{ ...PODS, resources: ['pods/log'] }, 'get', 'pods/log', 'web', true],
    [{ ...PODS, resources: ['pods/log'] }, 'get', 'pods', 'web', false],
    [{ ...PODS, apiGroups: ['apps'], resources: ['*/scale'] }, 'get', 'deployments.apps/scale', 'web', true],
    [{ ...PODS, apiGroups: ['apps'], resources: ['*/scale'] }, 'get', 'deployments.apps', 'web', false],
    [{ ...PODS, resources: ['*/scale'] }, 'get', 'pods/autoscale', 'web', false],
    [{ ...PODS, resourceNames: ['web', 'api'] }, 'get', 'pods', 'api', true],
    [{ ...PODS, resourceNames: ['web'] }, 'get', 'pods', 'api', false],
    [{ ...PODS, resourceNames: ['web'], verbs: ['list'] }, 'list', 'pods', '', false],
    [{ ...PODS, resourceNames: ['*'] }, 'get', 'pods', 'web', false],
    [{ verbs: ['*'], nonResourceURLs: ['*'] }, 'get', 'pods', 'web', false],
    [{ verbs: 'get', apiGroups: 7, resources: [['pods']] }, 'get', 'pods', 'web', false],
  ])('%j lets %s %s %j: %s', (rule, verb, what, name, allowed) => {
    const decision = rbacAuthorizer(withRule(rule)).decide(asks(jane, verb, what, { name, namespace: 'shop' }));
    expect(decision.allowed).toBe(allowed);
  });

  it.each<[string[], string, boolean]>([
    [['/healthz'], '/healthz', true],
    [['/healthz'], '/healthz/etcd', false],
    [['/healthz/*'], '/healthz/etcd', true],
    [['/healthz/*'], '/healthz', false],
    [['/health*'], '/healthz', true],
    [['*'], '/anything', true],
    [['/a/**'], '/a/b', true],
    [['/*/b'], '/a/b', false],
  ])('of %j covers %s: %s', (urls, path, allowed) => {
    const store = withRule({ verbs: ['get'], nonResourceURLs: urls });
    expect(rbacAuthorizer(store).decide({ user: jane, verb: 'get', path }).allowed).toBe(allowed);
    expect(rbacAuthorizer(store).decide({ user: jane, verb: 'post', path }).allowed).toBe(false);
  });
});

describe('a binding', () => {
  const web = aUser('system:serviceaccount:shop:web', 'system:serviceaccounts', 'system:serviceaccounts:shop');
  it.each<[string[], string, User, string]>([
    [['User:jane'], 'shop', jane, 'RBAC: allowed by RoleBinding "b/shop" of Role "r" to User "jane"'],
    [['User:bob', 'Group:team'], 'shop', jane, 'RBAC: allowed by RoleBinding "b/shop" of Role "r" to Group "team"'],
    [
      ['ServiceAccount:web'],
      'shop',
      web,
      'RBAC: allowed by RoleBinding "b/shop" of Role "r" to ServiceAccount "web/shop"',
    ],
    [
      ['ServiceAccount:shop/web'],
      'shop',
      web,
      'RBAC: allowed by RoleBinding "b/shop" of Role "r" to ServiceAccount "web/shop"',
    ],
    [['ServiceAccount:other/web'], 'shop', web, ''],
    [['User:Jane'], 'shop', jane, ''],
    [['Group:jane'], 'shop', jane, ''],
    [['Robot:jane'], 'shop', jane, ''],
    [['User:jane'], 'other', jane, ''],
  ])('to %j in %s asked by %j gives %j', (subjects, home, user, reason) => {
    const store = memory();
    store.put(ROLES, role('r', [PODS], home));
    store.put(BINDINGS, binding('b', 'Role:r', subjects, home));
    const decision = rbacAuthorizer(store).decide(asks(user, 'get', 'pods', { namespace: 'shop' }));
    expect(decision).toEqual({ allowed: reason !== '', reason });
  });

  it('of the cluster lets in every namespace and at the cluster scope, one of a namespace there alone', () => {
    const store = memory();
    store.put(CLUSTER_ROLES, role('r', [PODS]));
    store.put(CLUSTER_BINDINGS, binding('all', 'ClusterRole:r', ['ServiceAccount:shop/web', 'ServiceAccount:nowhere']));
    store.put(BINDINGS, binding('one', 'ClusterRole:r', ['User:jane'], 'shop'));
    const authorizer = rbacAuthorizer(store);
    const places = ['shop', 'other', ''];
    const allowed = (user: User): string[] =>
      places.filter((namespace) => authorizer.decide(asks(user, 'get', 'pods', { namespace })).allowed);
    expect(allowed(web)).toEqual(places);
    expect(allowed(jane)).toEqual(['shop']);
    expect(authorizer.decide(asks(web, 'get', 'pods')).reason).toBe(
      'RBAC: allowed by ClusterRoleBinding "all" of ClusterRole "r" to ServiceAccount "web/shop"',
    );
  });

  it('to a role that is gone is told', () => {
    const store = memory();
    store.put(BINDINGS, binding('b', 'Role:r', ['User:jane'], 'shop'));
    store.put(CLUSTER_BINDINGS, binding('b', 'ClusterRole:c', ['User:jane']));
    store.put(CLUSTER_BINDINGS, binding('other', 'Team:c', ['User:jane']));
    expect(refusal(store, asks(jane, 'list', 'pods', { namespace: 'shop' }))).toBe(
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "shop": RBAC: ' +
        '[clusterrole.rbac.authorization.k8s.io "c" not found, unsupported role reference kind: "Team", ' +
        'role.rbac.authorization.k8s.io "r" not found]',
    );
  });

  it('counts from the moment in which it is written, and no longer than it is there', () => {
    const store = memory();
    const authorizer = rbacAuthorizer(store);
    const may = (): boolean => authorizer.decide(asks(jane, 'get', 'pods', { namespace: 'shop' })).allowed;
    const seen = [may()];
    const steps = [
      () => store.put(CLUSTER_ROLES, role('r', [PODS])),
      () => store.put(BINDINGS, binding('b', 'ClusterRole:r', ['User:jane'], 'shop')),
      () => store.put(BINDINGS, binding('b', 'ClusterRole:r', ['User:bob'], 'shop')),
      () => store.put(BINDINGS, binding('b', 'ClusterRole:r', ['User:bob', 'User:jane', 'User:jane'], 'shop')),
      () => store.put(CLUSTER_ROLES, role('r', [{ ...PODS, verbs: ['list'] }])),
      () => store.put(CLUSTER_ROLES, role('r', [PODS])),
      () => store.drop(BINDINGS, 'shop', 'b'),
      () => store.put(BINDINGS, binding('b', 'ClusterRole:r', ['User:jane'], 'shop')),
      () => store.drop(CLUSTER_ROLES, '', 'r'),
    ];
    for (const step of steps) {
      step();
      seen.push(may());
    }
    expect(seen).toEqual([false, false, true, false, true, false, true, false, true, false]);
    authorizer.stop();
    store.put(CLUSTER_ROLES, role('r', [PODS]));
    expect(may()).toBe(false);
  });
});

describe('system:masters', () => {
  it('may anything, with no role at all', () => {
    const admin = aUser('admin', 'system:masters');
    const authorizer = rbacAuthorizer(memory());
    expect(authorizer.decide(asks(admin, 'escalate', 'anything.example.com/x'))).toEqual({ allowed: true, reason: '' });
    expect(authorizer.decide({ user: admin, verb: 'get', path: '/metrics' }).allowed).toBe(true);
  });
});

describe('the sentence of a refusal', () => {
  it.each<[Attributes, string]>([
    [
      asks(jane, 'list', 'pods', { namespace: 'shop' }),
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "shop"',
    ],
    [
      asks(jane, 'get', 'pods/log', { namespace: 'shop', name: 'web' }),
      'pods "web" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "shop"',
    ],
    [
      asks(jane, 'list', 'clusterroles.rbac.authorization.k8s.io'),
      'clusterroles.rbac.authorization.k8s.io is forbidden: User "jane" cannot list resource "clusterroles" in API group "rbac.authorization.k8s.io" at the cluster scope',
    ],
    [{ user: jane, verb: 'get', path: '/metrics' }, 'forbidden: User "jane" cannot get path "/metrics"'],
    [
      asks(aUser('<b>"x"&'), 'get', 'pods'),
      'pods is forbidden: User "&lt;b&gt;\\"x\\"&amp;" cannot get resource "pods" in API group "" at the cluster scope',
    ],
  ])('of %j is %s', (attributes, message) => {
    expect(refusal(memory(), attributes)).toBe(message);
  });
});
