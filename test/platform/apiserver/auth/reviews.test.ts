import { describe, expect, it } from '@jest/globals';
import { type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import { authenticator } from '../../../../src/platform/apiserver/auth/authenticate.ts';
import { rbacAuthorizer } from '../../../../src/platform/apiserver/auth/rbac/authorizer.ts';
import { type ReviewRequest, reviews } from '../../../../src/platform/apiserver/auth/reviews/reviews.ts';
import { type AccountTokens, accountTokens } from '../../../../src/platform/apiserver/auth/tokens/accountTokens.ts';
import { verifiedClaims } from '../../../../src/platform/apiserver/auth/tokens/jwt.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import { aUser, binding, ISSUER, KEY, NOW, role } from './builders.ts';
import { memory } from './memory.ts';

const jane = { ...aUser('jane', 'team', 'system:authenticated'), uid: '7', extra: { 'a.io/k': ['v'] } };
const GET_PODS = { verb: 'get', resource: 'pods', namespace: 'shop' };

interface Server {
  readonly tokens: AccountTokens;
  /** The answer's status, or the code and sentence of a refusal. */
  answer(what: string, object: JsonObject, changes?: Partial<ReviewRequest>): unknown;
}

/** Jane and the team may get pods in the namespace shop; there is an account `web`, and a pod of it on a node. */
function server(): Server {
  const store = memory();
  const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: [] }];
  store.put('roles.rbac.authorization.k8s.io', role('r', rules, 'shop'));
  store.put('rolebindings.rbac.authorization.k8s.io', binding('b', 'Role:r', ['User:jane', 'Group:team'], 'shop'));
  store.put('clusterroles.rbac.authorization.k8s.io', role('v', [{ verbs: ['get'], nonResourceURLs: ['/version'] }]));
  store.put('clusterrolebindings.rbac.authorization.k8s.io', binding('v', 'ClusterRole:v', ['User:jane']));
  store.put('serviceaccounts', { metadata: { namespace: 'shop', name: 'web', uid: 'u1' } });
  const spec = { serviceAccountName: 'web', nodeName: 'n1' };
  store.put('pods', { metadata: { namespace: 'shop', name: 'web-1', uid: 'p1' }, spec });
  store.put('pods', { metadata: { namespace: 'shop', name: 'other', uid: 'p2' }, spec: { serviceAccountName: 'x' } });
  store.put('nodes', { metadata: { name: 'n1', uid: 'n-uid' } });
  store.put('secrets', { metadata: { namespace: 'shop', name: 's', uid: 's1' } });

  const clock = { now: () => NOW, after: () => () => {} };
  const tokens = accountTokens({ reader: store, clock, key: KEY, issuer: ISSUER });
  const all = reviews({
    authorizer: rbacAuthorizer(store),
    authenticator: authenticator({ administratorToken: 'secret', accounts: tokens }),
    tokens,
    reader: store,
    now: clock.now,
    newId: () => 'id-1',
  });
  return {
    tokens,
    answer(what, object, changes = {}) {
      const review = all.get(what);
      if (review === undefined) throw new Error(`${what} is no review`);
      try {
        return review({ user: jane, namespace: '', name: '', object, ...changes }).status;
      } catch (error) {
        if (error instanceof Failure) return `${error.code} ${error.message}`;
        throw error;
      }
    },
  };
}

const OF_JANE = 'RBAC: allowed by RoleBinding "b/shop" of Role "r" to User "jane"';
const SAR = 'subjectaccessreviews.authorization.k8s.io';
const LOCAL = 'localsubjectaccessreviews.authorization.k8s.io';
const SELF = 'selfsubjectaccessreviews.authorization.k8s.io';

describe('what somebody may do', () => {
  it.each<[string, JsonObject, unknown]>([
    [SAR, { user: 'jane', resourceAttributes: GET_PODS }, { allowed: true, reason: OF_JANE }],
    [SAR, { user: 'jane', resourceAttributes: { ...GET_PODS, version: 'v1' } }, { allowed: true, reason: OF_JANE }],
    [SAR, { user: 'bob', resourceAttributes: GET_PODS }, { allowed: false }],
    [
      SAR,
      { groups: ['team'], resourceAttributes: GET_PODS },
      { allowed: true, reason: OF_JANE.replace('User "jane"', 'Group "team"') },
    ],
    [
      SAR,
      { user: 'jane', nonResourceAttributes: { verb: 'get', path: '/version' } },
      { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "v" of ClusterRole "v" to User "jane"' },
    ],
    [SAR, { user: 'jane', nonResourceAttributes: {} }, { allowed: false }],
    [
      SAR,
      { user: 'jane', resourceAttributes: { ...GET_PODS, resource: 7 }, extra: { a: 'x', __proto__: ['y'] } },
      { allowed: false },
    ],
    [SELF, { resourceAttributes: GET_PODS }, { allowed: true, reason: OF_JANE }],
    [SELF, { resourceAttributes: { ...GET_PODS, verb: 'list' } }, { allowed: false }],
    [
      SAR,
      {},
      '422 .authorization.k8s.io "" is invalid: [spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified, spec.user: Invalid value: "": at least one of user or group must be specified]',
    ],
    [
      SELF,
      { resourceAttributes: {}, nonResourceAttributes: { verb: 'get', path: '/' } },
      '422 .authorization.k8s.io "" is invalid: spec.nonResourceAttributes: Invalid value: {"Path":"/","Verb":"get"}: cannot be specified in combination with resourceAttributes',
    ],
  ])('%s of %j', (what, spec, status) => {
    expect(server().answer(what, { spec })).toEqual(status);
  });

  it('in one namespace is asked there alone', () => {
    const { answer } = server();
    const metadata = { namespace: 'shop' };
    const asked = { metadata, spec: { user: 'jane', resourceAttributes: GET_PODS } };
    expect(answer(LOCAL, asked, { namespace: 'shop' })).toEqual({ allowed: true, reason: OF_JANE });
    const elsewhere = { user: 'jane', resourceAttributes: { ...GET_PODS, namespace: 'other' } };
    expect(answer(LOCAL, { metadata, spec: elsewhere }, { namespace: 'shop' })).toBe(
      '422 .authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace',
    );
    const path = { user: 'jane', nonResourceAttributes: { verb: 'get', path: '/' } };
    expect(answer(LOCAL, { metadata, spec: path }, { namespace: 'shop' })).toContain(
      'disallowed on this kind of request',
    );
  });

  it('is asked by nothing that has a name', () => {
    const spec = { resourceAttributes: GET_PODS };
    const answer = server().answer(SELF, { metadata: { name: 'x' }, spec });
    expect(answer).toContain('metadata: Invalid value: {"name":"x"}: must be empty');
    expect(server().answer(SELF, { metadata: { managedFields: [] }, spec })).toMatchObject({ allowed: true });
  });

  it('is told as a whole for a namespace', () => {
    const what = 'selfsubjectrulesreviews.authorization.k8s.io';
    expect(server().answer(what, { spec: { namespace: 'shop' } })).toEqual({
      resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
      nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/version'] }],
      incomplete: false,
    });
    expect(server().answer(what, { spec: {} })).toBe('400 no namespace on request');
  });
});

describe('who somebody is', () => {
  it('is told to those who ask for themselves', () => {
    const userInfo = {
      username: 'jane',
      uid: '7',
      groups: ['team', 'system:authenticated'],
      extra: { 'a.io/k': ['v'] },
    };
    expect(server().answer('selfsubjectreviews.authentication.k8s.io', {})).toEqual({ userInfo });
  });

  it('is told by a token', () => {
    const { answer, tokens } = server();
    const what = 'tokenreviews.authentication.k8s.io';
    expect(answer(what, { spec: {} })).toBe('400 token is required for TokenReview in authentication');
    expect(answer(what, { spec: { token: 'x' } })).toEqual({ user: {}, error: 'invalid bearer token' });
    expect(answer(what, { spec: { token: 'secret' } })).toEqual({
      authenticated: true,
      user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      audiences: [ISSUER],
    });
    const account = { name: 'web', uid: 'u1' };
    const token = tokens.issue({ namespace: 'shop', account, bound: {}, audiences: ['vault'], seconds: 60, id: 'x' });
    expect(answer(what, { spec: { token } })).toEqual({
      user: {},
      error: `[invalid bearer token, token audiences ["vault"] is invalid for the target audiences ["${ISSUER}"]]`,
    });
    expect(answer(what, { spec: { token, audiences: ['vault', 'more'] } })).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:shop:web' },
      audiences: ['vault'],
    });
  });
});

describe('a request for a token', () => {
  const WHAT = 'serviceaccounts/token';
  const PLACE = { namespace: 'shop', name: 'web' };

  function claims(spec: JsonObject): JsonObject | undefined {
    const status = server().answer(WHAT, { spec }, PLACE);
    return verifiedClaims(stringAt(status as JsonObject, 'token') ?? '', KEY);
  }

  it('gives one for the API server and an hour', () => {
    expect(server().answer(WHAT, {}, PLACE)).toMatchObject({ expirationTimestamp: '2026-01-01T01:00:00Z' });
    const now = NOW.getTime() / 1000;
    expect(claims({})).toEqual({
      aud: [ISSUER],
      exp: now + 3600,
      iat: now,
      iss: ISSUER,
      jti: 'id-1',
      'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'web', uid: 'u1' } },
      nbf: now,
      sub: 'system:serviceaccount:shop:web',
    });
  });

  it('gives one for others, for as long as is asked, bound to what is asked', () => {
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'web-1' };
    const now = NOW.getTime() / 1000;
    expect(claims({ audiences: ['vault'], expirationSeconds: 600, boundObjectRef })).toMatchObject({
      aud: ['vault'],
      exp: now + 600,
      'kubernetes.io': { pod: { name: 'web-1', uid: 'p1' }, node: { name: 'n1', uid: 'n-uid' } },
    });
    expect(claims({ boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 's', uid: 's1' } })).toMatchObject({
      'kubernetes.io': { secret: { name: 's', uid: 's1' } },
    });
    expect(claims({ boundObjectRef: { apiVersion: 'v1', kind: 'Node', name: 'n1' } })).toMatchObject({
      'kubernetes.io': { node: { name: 'n1', uid: 'n-uid' } },
    });
  });

  it("gives the kubelet's one a year, and says when it should have been renewed", () => {
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'web-1' };
    const now = NOW.getTime() / 1000;
    expect(claims({ expirationSeconds: 3607, boundObjectRef })).toMatchObject({
      exp: now + 365 * 24 * 3600,
      'kubernetes.io': { warnafter: now + 3607 },
    });
    expect(claims({ expirationSeconds: 3607 })).toMatchObject({ exp: now + 3607 });
  });

  const POD = { apiVersion: 'v1', kind: 'Pod' };
  it.each<[JsonObject, string]>([
    [
      { spec: { expirationSeconds: 599 } },
      '422 TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    ],
    [
      { spec: { expirationSeconds: 2 ** 32 + 1 } },
      '422 TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
    ],
    [
      { metadata: { name: 'x' } },
      '422 TokenRequest.authentication.k8s.io "web" is invalid: metadata.name: Invalid value: "x": must match the service account name if specified',
    ],
    [
      { metadata: { namespace: 'x' } },
      '422 TokenRequest.authentication.k8s.io "web" is invalid: metadata.namespace: Invalid value: "x": must match the service account namespace if specified',
    ],
    [
      { metadata: { uid: 'x' } },
      '409 Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "web": the UID in the token request (x) does not match the UID of the service account (u1)',
    ],
    [{ spec: { boundObjectRef: { ...POD, name: 'none' } } }, '404 pods "none" not found'],
    [
      { spec: { boundObjectRef: { ...POD, name: 'other' } } },
      '400 cannot bind token for serviceaccount "web" to pod running with different serviceaccount name.',
    ],
    [
      { spec: { boundObjectRef: { ...POD, name: 'web-1', uid: 'x' } } },
      '409 Operation cannot be fulfilled on Pod "web-1": the UID in the bound object reference (x) does not match the UID in record. The object might have been deleted and then recreated',
    ],
    [
      { spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Foo', name: 'x' } } },
      '400 cannot bind token to object of type /v1, Kind=Foo',
    ],
    [
      { spec: { boundObjectRef: { apiVersion: 'apps/v1', kind: 'Pod', name: 'x' } } },
      '400 cannot bind token to object of type apps/v1, Kind=Pod',
    ],
  ])('of %j is refused', (object, message) => {
    expect(server().answer(WHAT, object, PLACE)).toBe(message);
  });

  it('for an account that is not there is refused', () => {
    expect(server().answer(WHAT, {}, { ...PLACE, name: 'none' })).toBe('404 serviceaccounts "none" not found');
  });
});
