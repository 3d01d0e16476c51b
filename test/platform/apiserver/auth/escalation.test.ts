/** What the golden answers of decisions/ do not reach: updates, and roles that are gathered. */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { rbacAuthorizer } from '../../../../src/platform/apiserver/auth/rbac/authorizer.ts';
import { confirmNoEscalation, type RbacWrite } from '../../../../src/platform/apiserver/auth/rbac/escalation.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import { aUser, binding, role } from './builders.ts';
import { memory } from './memory.ts';

const jane = aUser('jane');
const PODS = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] };
const SECRETS = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };
const EVERYTHING = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** The sentence with which a user who has the rules is refused. */
function refusal(has: JsonObject[], write: Partial<RbacWrite> & Pick<RbacWrite, 'object'>): string {
  const store = memory();
  store.put('clusterroles.rbac.authorization.k8s.io', role('has', has));
  store.put('clusterroles.rbac.authorization.k8s.io', role('secrets', [SECRETS]));
  store.put('clusterrolebindings.rbac.authorization.k8s.io', binding('has', 'ClusterRole:has', ['User:jane']));
  const whole = { plural: 'clusterroles', user: jane, namespace: '', pathName: '', ...write };
  try {
    confirmNoEscalation(whole, rbacAuthorizer(store));
    return 'granted';
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.message}`;
    throw error;
  }
}

const GATHERED = { ...role('g', []), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } };

describe('a role', () => {
  it.each<[string, JsonObject[], Partial<RbacWrite> & Pick<RbacWrite, 'object'>, string]>([
    ['that its author has', [PODS], { object: role('r', [PODS]) }, 'granted'],
    [
      'that says what its author has in other words',
      [{ ...PODS, verbs: ['*'] }],
      { object: role('r', [PODS]) },
      'granted',
    ],
    [
      'of one name, by somebody who has all',
      [PODS],
      { object: role('r', [{ ...PODS, resourceNames: ['a'] }]) },
      'granted',
    ],
    [
      'of all, by somebody who has one name',
      [{ ...PODS, resourceNames: ['a'] }],
      { object: role('r', [PODS]) },
      '403 clusterroles.rbac.authorization.k8s.io "r" is forbidden: user "jane" (groups=[]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}',
    ],
    [
      'of one of two names',
      [{ ...PODS, resourceNames: ['a'] }],
      { object: role('r', [{ ...PODS, resourceNames: ['a', 'b'] }]) },
      '403 clusterroles.rbac.authorization.k8s.io "r" is forbidden: user "jane" (groups=[]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], ResourceNames:["b"], Verbs:["get" "list"]}',
    ],
    ['by a master', [], { object: role('r', EVERYTHING), user: aUser('root', 'system:masters') }, 'granted'],
    [
      'of a subresource of everything',
      [{ ...PODS, resources: ['*/log'] }],
      { object: role('r', [{ ...PODS, resources: ['pods/log'] }]) },
      'granted',
    ],
    ['whose finalizers change alone', [], { object: cared(['x']), old: cared([]) }, 'granted'],
    [
      'whose labels change',
      [],
      { object: { ...role('r', [PODS]), metadata: { name: 'r', labels: { a: 'b' } } }, old: role('r', [PODS]) },
      'not currently held',
    ],
    ['that is gathered, by somebody with all rights', EVERYTHING, { object: GATHERED }, 'granted'],
    [
      'that is gathered, by somebody else',
      [PODS],
      { object: GATHERED },
      '403 clusterroles.rbac.authorization.k8s.io "g" is forbidden: must have cluster-admin privileges to use the aggregationRule',
    ],
    [
      'that is gathered no longer',
      [PODS],
      { object: role('g', []), old: GATHERED },
      'must have cluster-admin privileges',
    ],
    [
      'by somebody who may escalate this one',
      [escalate('clusterroles', 'r')],
      { object: role('r', [PODS]), old: role('r', []), pathName: 'r' },
      'granted',
    ],
    [
      'by somebody who may escalate another',
      [escalate('clusterroles', 'x')],
      { object: role('r', [PODS]), old: role('r', []), pathName: 'r' },
      'not currently held',
    ],
  ])('%s', (_, has, write, expected) => {
    expect(refusal(has, write)).toContain(expected);
  });
});

describe('a binding', () => {
  const bound = binding('b', 'ClusterRole:secrets', ['User:jane']);
  it.each<[string, JsonObject[], JsonObject, string]>([
    ['to what its author has', [SECRETS], bound, 'granted'],
    [
      'to more than its author has',
      [PODS],
      bound,
      '403 clusterrolebindings.rbac.authorization.k8s.io "b" is forbidden: user "jane" (groups=[]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}',
    ],
    [
      'by somebody who may bind the role',
      [{ ...escalate('clusterroles', 'secrets'), verbs: ['bind'] }],
      bound,
      'granted',
    ],
    [
      'to a role that is not there',
      [],
      binding('b', 'ClusterRole:none', []),
      '404 clusterrolebindings.rbac.authorization.k8s.io "none" not found',
    ],
  ])('%s', (_, has, object, expected) => {
    expect(refusal(has, { plural: 'clusterrolebindings', object })).toBe(expected);
  });
});

function escalate(resource: string, name: string): JsonObject {
  return {
    verbs: ['escalate'],
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: [resource],
    resourceNames: [name],
  };
}

function cared(finalizers: string[]): JsonObject {
  return { ...role('r', [PODS]), metadata: { name: 'r', ...(finalizers.length > 0 && { finalizers }) } };
}
