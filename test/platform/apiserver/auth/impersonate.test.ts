import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { actingUser } from '../../../../src/platform/apiserver/auth/impersonate.ts';
import { rbacAuthorizer } from '../../../../src/platform/apiserver/auth/rbac/authorizer.ts';
import type { Attributes, User } from '../../../../src/platform/apiserver/auth/user.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import { asks, aUser, binding, role } from './builders.ts';
import { memory } from './memory.ts';

const robot = aUser('robot', 'system:authenticated');
const admin = aUser('admin', 'system:masters', 'system:authenticated');
const AUTHENTICATION = 'authentication.k8s.io';

type Headers = Record<string, string[]>;

/** As whom a request of the user for pods in `shop` is made, or the sentence of the refusal. */
function acting(
  headers: Headers,
  rules: JsonObject[],
  request: Attributes = asks(robot, 'list', 'pods', { namespace: 'shop' }),
): User | string {
  const store = memory();
  store.put('clusterroles.rbac.authorization.k8s.io', role('r', rules));
  store.put('clusterrolebindings.rbac.authorization.k8s.io', binding('b', 'ClusterRole:r', ['User:robot']));
  try {
    return actingUser(request, headers, rbacAuthorizer(store));
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.message}`;
    throw error;
  }
}

function may(verb: string, resource: string, group = '', resourceNames: string[] = []): JsonObject {
  return { verbs: [verb], apiGroups: [group], resources: [resource], resourceNames };
}

describe('impersonation', () => {
  it.each<[string, Headers, User]>([
    ['a user', { 'impersonate-user': ['jane'] }, aUser('jane', 'system:authenticated')],
    [
      'groups',
      { 'impersonate-user': ['jane'], 'impersonate-group': ['a', 'b, c'] },
      aUser('jane', 'a', 'b, c', 'system:authenticated'),
    ],
    [
      'the group itself',
      { 'impersonate-user': ['jane'], 'impersonate-group': ['system:authenticated', 'a'] },
      aUser('jane', 'system:authenticated', 'a'),
    ],
    ['nobody', { 'impersonate-user': ['system:anonymous'] }, aUser('system:anonymous', 'system:unauthenticated')],
    [
      'one who is unknown',
      { 'impersonate-user': ['jane'], 'impersonate-group': ['system:unauthenticated'] },
      aUser('jane', 'system:unauthenticated'),
    ],
    [
      'an account',
      { 'impersonate-user': ['system:serviceaccount:shop:web'] },
      aUser(
        'system:serviceaccount:shop:web',
        'system:serviceaccounts',
        'system:serviceaccounts:shop',
        'system:authenticated',
      ),
    ],
    [
      'an account in a group',
      { 'impersonate-user': ['system:serviceaccount:shop:web'], 'impersonate-group': ['a'] },
      aUser('system:serviceaccount:shop:web', 'a', 'system:authenticated'),
    ],
    [
      'a node',
      { 'impersonate-user': ['system:node:n1'] },
      aUser('system:node:n1', 'system:nodes', 'system:authenticated'),
    ],
    [
      'uid and extras',
      {
        'impersonate-user': ['jane'],
        'impersonate-uid': ['7'],
        'impersonate-extra-acme.com%2fproject': ['x', 'y'],
        'impersonate-extra-%zz': ['z'],
      },
      { ...aUser('jane', 'system:authenticated'), uid: '7', extra: { 'acme.com/project': ['x', 'y'], '%zz': ['z'] } },
    ],
  ])('takes %s', (_, headers, user) => {
    expect(acting(headers, [], asks(admin, 'list', 'pods'))).toEqual(user);
  });

  it('is nothing without its headers', () => {
    expect(acting({ authorization: ['x'] }, [])).toBe(robot);
    expect(acting({ 'impersonate-user': [''] }, [])).toBe(robot);
  });

  it.each<[Headers, string]>([
    [{ 'impersonate-group': ['a', 'b'] }, 'UID:"", Groups:[]string{"a", "b"}, Extra:map[string][]string(nil)}'],
    [{ 'impersonate-uid': ['7'] }, 'UID:"7", Groups:[]string(nil), Extra:map[string][]string(nil)}'],
    [{ 'impersonate-extra-x': ['1'] }, 'UID:"", Groups:[]string(nil), Extra:map[string][]string{"x":[]string{"1"}}}'],
  ])('needs a user beside %j', (headers, printed) => {
    expect(acting(headers, [])).toBe(
      `400 requested &user.DefaultInfo{Name:"", ${printed} without impersonating a user name`,
    );
  });

  const JANE: Headers = { 'impersonate-user': ['jane'] };
  const TEAM: Headers = { ...JANE, 'impersonate-group': ['team'] };
  const WEB: Headers = { 'impersonate-user': ['system:serviceaccount:shop:web'] };
  const on = may('impersonate-on:user-info:list', 'pods');
  const first =
    '403 pods is forbidden: User "robot" cannot impersonate-on:user-info:list resource "pods" in API group "" in the namespace "shop"';
  it.each<[string, Headers, JsonObject[], string | undefined]>([
    ['no right', JANE, [], first],
    ['the right of old', JANE, [may('impersonate', 'users')], undefined],
    ['the right of old to another', JANE, [may('impersonate', 'users', '', ['bob'])], first],
    ['the right to users and not to groups', TEAM, [may('impersonate', 'users')], first],
    ['the rights to users and groups', TEAM, [may('impersonate', 'users'), may('impersonate', 'groups')], undefined],
    [
      'the right to do it, and to be nobody',
      JANE,
      [on],
      `403 users.${AUTHENTICATION} "jane" is forbidden: User "robot" cannot impersonate:user-info resource "users" in API group "${AUTHENTICATION}" at the cluster scope`,
    ],
    ['both constrained rights', JANE, [on, may('impersonate:user-info', 'users', AUTHENTICATION)], undefined],
    [
      'both for another request',
      JANE,
      [may('impersonate-on:user-info:get', 'pods'), may('impersonate:user-info', 'users', AUTHENTICATION)],
      first,
    ],
    [
      "an account by a user's right",
      WEB,
      [may('impersonate', 'users')],
      '403 pods is forbidden: User "robot" cannot impersonate-on:serviceaccount:list resource "pods" in API group "" in the namespace "shop"',
    ],
    ['an account by the right to it', WEB, [may('impersonate', 'serviceaccounts', '', ['web'])], undefined],
    [
      'an account by constrained rights',
      WEB,
      [
        may('impersonate-on:serviceaccount:list', 'pods'),
        may('impersonate:serviceaccount', 'serviceaccounts', AUTHENTICATION),
      ],
      undefined,
    ],
    [
      'masters by constrained rights',
      { ...JANE, 'impersonate-group': ['system:masters'] },
      [on, may('impersonate:user-info', '*', AUTHENTICATION)],
      `403 groups.${AUTHENTICATION} "system:masters" is forbidden: User "robot" cannot impersonate:user-info resource "groups" in API group "${AUTHENTICATION}" at the cluster scope: impersonating the system:masters group is not allowed`,
    ],
    [
      'many groups by the right to all',
      { ...JANE, 'impersonate-group': ['a', 'b', 'c', 'd'] },
      [
        on,
        may('impersonate:user-info', 'users', AUTHENTICATION),
        may('impersonate:user-info', 'groups', AUTHENTICATION, ['*']),
      ],
      undefined,
    ],
    ['a uid by the right of old to users', { ...JANE, 'impersonate-uid': ['7'] }, [may('impersonate', 'users')], first],
    [
      'a uid by its right',
      { ...JANE, 'impersonate-uid': ['7'] },
      [may('impersonate', 'users'), may('impersonate', 'uids', AUTHENTICATION)],
      undefined,
    ],
    [
      'an extra by the right to another value',
      { ...JANE, 'impersonate-extra-a.io%2fk': ['1', '2'] },
      [may('impersonate', 'users'), may('impersonate', 'userextras/a.io/k', AUTHENTICATION, ['1'])],
      first,
    ],
    [
      'an extra by its right',
      { ...JANE, 'impersonate-extra-a.io%2fk': ['1', '2'] },
      [may('impersonate', 'users'), may('impersonate', 'userextras/a.io/k', AUTHENTICATION)],
      undefined,
    ],
  ])('with %s', (_, headers, rules, refusal) => {
    const result = acting(headers, rules);
    if (refusal === undefined) expect(result).toMatchObject({ name: headers['impersonate-user']?.[0] });
    else expect(result).toBe(refusal);
  });

  it('of a path is told by the path', () => {
    expect(acting({ 'impersonate-user': ['jane'] }, [], { user: robot, verb: 'get', path: '/version' })).toBe(
      '403 forbidden: User "robot" cannot impersonate-on:user-info:get path "/version"',
    );
  });

  it('of its own node is a right of a ServiceAccount', () => {
    const extra = { 'authentication.kubernetes.io/node-name': ['n1'] };
    const agent = { ...aUser('system:serviceaccount:shop:agent'), extra };
    const request = { ...asks(agent, 'list', 'pods'), user: agent };
    expect(acting({ 'impersonate-user': ['system:node:n1'] }, [], request)).toContain(
      'impersonate-on:associated-node:list',
    );
    expect(acting({ 'impersonate-user': ['system:node:n2'] }, [], request)).toContain(
      'impersonate-on:arbitrary-node:list',
    );
  });
});
