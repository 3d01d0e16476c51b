import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { authenticator } from '../../../../src/platform/apiserver/auth/authenticate.ts';
import {
  type AccountTokens,
  accountTokens,
  type TokenContent,
} from '../../../../src/platform/apiserver/auth/tokens/accountTokens.ts';
import { signedToken, signingKeyOf } from '../../../../src/platform/apiserver/auth/tokens/jwt.ts';
import type { User } from '../../../../src/platform/apiserver/auth/user.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import { aUser, ISSUER, KEY, NOW } from './builders.ts';
import { type Memory, memory } from './memory.ts';

const HOUR = 3600;
const CONTENT: TokenContent = {
  namespace: 'shop',
  account: { name: 'web', uid: 'u1' },
  bound: {},
  audiences: [ISSUER],
  seconds: HOUR,
  id: 'f3b1',
};

/** A server at the time with one account, `shop/web`. */
function server(): {
  store: Memory;
  tokens: AccountTokens;
  at: { time: Date };
  who(authorization?: string): User | number;
} {
  const store = memory();
  store.put('serviceaccounts', { metadata: { namespace: 'shop', name: 'web', uid: 'u1' } });
  const at = { time: NOW };
  const clock = { now: () => at.time, after: () => () => {} };
  const tokens = accountTokens({ reader: store, clock, key: KEY, issuer: ISSUER });
  const users = [{ token: 'of-jane', user: aUser('jane', 'team') }];
  const { authenticate } = authenticator({ administratorToken: 'secret', accounts: tokens, users });
  return { store, tokens, at, who: (authorization) => userOrCode(authenticate, authorization) };
}

function userOrCode(
  authenticate: (headers: Record<string, string[]>) => User,
  header: string | undefined,
): User | number {
  try {
    return authenticate(header === undefined ? {} : { authorization: [header] });
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

const WEB: User = {
  name: 'system:serviceaccount:shop:web',
  uid: 'u1',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
  extra: { 'authentication.kubernetes.io/credential-id': ['JTI=f3b1'] },
};

describe('a request', () => {
  it.each<[string | undefined, number | string]>([
    ['Bearer secret', 'kubernetes-admin'],
    ['bearer secret', 'kubernetes-admin'],
    [' Bearer secret more ', 'kubernetes-admin'],
    ['Bearer of-jane', 'jane'],
    ['Bearer  secret', 401],
    ['Bearer secre', 401],
    ['Bearer secrets', 401],
    ['Bearer ', 401],
    ['Bearer', 401],
    ['Basic secret', 401],
    ['secret', 401],
    ['', 401],
    [undefined, 401],
    ['Bearer a.b.c', 401],
    ['Bearer ..', 401],
    ['Bearer e30.e30.e30', 401],
  ])('with %j is of %j', (header, name) => {
    const user = server().who(header);
    expect(typeof user === 'number' ? user : user.name).toBe(name);
  });

  it('of the administrator has all rights, one of a known user the group of those who are known', () => {
    const { who } = server();
    expect(who('Bearer secret')).toMatchObject({ groups: ['system:masters', 'system:authenticated'] });
    expect(who('Bearer of-jane')).toMatchObject({ groups: ['team', 'system:authenticated'] });
  });

  it('with the token of a ServiceAccount is of that', () => {
    const { tokens, who } = server();
    expect(who(`Bearer ${tokens.issue(CONTENT)}`)).toEqual(WEB);
  });

  it('with a token for others is refused', () => {
    const { tokens, who } = server();
    const token = tokens.issue({ ...CONTENT, audiences: ['https://vault'] });
    expect(who(`Bearer ${token}`)).toBe(401);
    expect(tokens.check(token, ['https://vault', 'x'])).toEqual({ user: WEB, audiences: ['https://vault'] });
    expect(tokens.check(token, [ISSUER])).toEqual({
      error: `token audiences ["https://vault"] is invalid for the target audiences ["${ISSUER}"]`,
    });
  });
});

describe('the token of a ServiceAccount', () => {
  it.each<[number, string | undefined]>([
    [-61, 'service account token is not valid yet'],
    [-60, undefined],
    [0, undefined],
    [HOUR + 60, undefined],
    [HOUR + 61, 'service account token has expired'],
  ])('after %d s: %j', (seconds, error) => {
    const { tokens, at } = server();
    const token = tokens.issue(CONTENT);
    at.time = new Date(NOW.getTime() + seconds * 1000);
    expect(tokens.check(token, [ISSUER])).toEqual(error === undefined ? { user: WEB, audiences: [ISSUER] } : { error });
  });

  it.each<[string, (store: Memory) => void, string | undefined]>([
    ['is there', () => {}, undefined],
    ['is gone', (store) => store.drop('serviceaccounts', 'shop', 'web'), 'serviceaccounts "web" not found'],
    [
      'is another',
      (store) => store.put('serviceaccounts', account({ uid: 'u2' })),
      'service account UID (u2) does not match claim (u1)',
    ],
    [
      'has just been deleted',
      (store) => store.put('serviceaccounts', account({ deletionTimestamp: '2025-12-31T23:59:30Z' })),
      undefined,
    ],
    [
      'is being deleted',
      (store) => store.put('serviceaccounts', account({ deletionTimestamp: '2025-12-31T23:58:30Z' })),
      'service account shop/web has been deleted',
    ],
  ])('whose account %s', (_, change, error) => {
    const { store, tokens } = server();
    const token = tokens.issue(CONTENT);
    tokens.check(token, [ISSUER]); // what is remembered of it must not count
    change(store);
    const answer = tokens.check(token, [ISSUER]);
    expect(answer !== undefined && 'error' in answer ? answer.error : undefined).toBe(error);
  });

  it('tells the pod that it is bound to, with its node, and dies with it', () => {
    const { store, tokens } = server();
    store.put('pods', { metadata: { namespace: 'shop', name: 'web-1', uid: 'p1' } });
    const bound = { pod: { name: 'web-1', uid: 'p1' }, node: { name: 'n1', uid: 'n-uid' } };
    const token = tokens.issue({ ...CONTENT, bound });
    expect(tokens.check(token, [ISSUER])).toMatchObject({
      user: {
        extra: {
          'authentication.kubernetes.io/credential-id': ['JTI=f3b1'],
          'authentication.kubernetes.io/node-name': ['n1'],
          'authentication.kubernetes.io/node-uid': ['n-uid'],
          'authentication.kubernetes.io/pod-name': ['web-1'],
          'authentication.kubernetes.io/pod-uid': ['p1'],
        },
      },
    });
    store.put('pods', { metadata: { namespace: 'shop', name: 'web-1', uid: 'p2' } });
    expect(tokens.check(token, [ISSUER])).toEqual({
      error: 'pod UID (p2) does not match service account pod ref claim (p1)',
    });
    store.drop('pods', 'shop', 'web-1');
    expect(tokens.check(token, [ISSUER])).toEqual({ error: 'service account token has been invalidated' });
  });

  it.each(['secret', 'node'] as const)('dies with the %s that it is bound to', (kind) => {
    const { store, tokens } = server();
    const token = tokens.issue({ ...CONTENT, bound: { [kind]: { name: 'x', uid: 'x1' } } });
    expect(tokens.check(token, [ISSUER])).toEqual({ error: 'service account token has been invalidated' });
    store.put(`${kind}s`, { metadata: { name: 'x', uid: 'x1', ...(kind === 'secret' && { namespace: 'shop' }) } });
    expect(tokens.check(token, [ISSUER])).toMatchObject({ audiences: [ISSUER] });
  });

  it('counts only as it was signed', () => {
    const { tokens } = server();
    const token = tokens.issue(CONTENT);
    const [header = '', claims = '', signature = ''] = token.split('.');
    const other = signingKeyOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    const payload = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const hmac = Buffer.from(JSON.stringify({ alg: 'HS256', kid: KEY.id })).toString('base64url');
    const publicPem = KEY.publicKey.export({ type: 'spki', format: 'pem' });
    const forged = createHmac('sha256', publicPem).update(`${hmac}.${claims}`).digest('base64url');
    const masters = Buffer.from(JSON.stringify({ ...payload, sub: 'system:admin' })).toString('base64url');
    for (const wrong of [
      `${header}.${claims}.`,
      `${header}.${masters}.${signature}`,
      `${none}.${claims}.`,
      `${hmac}.${claims}.${forged}`,
      signedToken(payload, other),
      signedToken(payload, { ...other, id: KEY.id }),
      signedToken({ ...payload, iss: 'https://elsewhere' }, KEY),
      `${token}.${signature}`,
    ]) {
      expect(tokens.check(wrong, [ISSUER])).toBeUndefined();
    }
    expect(tokens.check(token, [ISSUER])).toMatchObject({ audiences: [ISSUER] });
  });

  it('needs nothing in its claims to be refused in order', () => {
    const { tokens } = server();
    for (const claims of [{}, { aud: 7 }, { aud: [ISSUER], 'kubernetes.io': [] }, { aud: ISSUER, exp: 'x' }]) {
      const answer = tokens.check(signedToken({ iss: ISSUER, ...claims }, KEY), [ISSUER]);
      expect(answer).toEqual({ error: expect.any(String) });
    }
  });
});

function account(metadata: Record<string, string>): { metadata: Record<string, string> } {
  return { metadata: { namespace: 'shop', name: 'web', uid: 'u1', ...metadata } };
}

describe('the token of a Secret', () => {
  const content = { namespace: 'shop', secret: 'robot', account: { name: 'web', uid: 'u1' } };
  const secret = (token: string, changes: JsonObject = {}): JsonObject => ({
    metadata: { namespace: 'shop', name: 'robot', uid: 's1', ...changes },
    data: { token: Buffer.from(token).toString('base64') },
  });

  it("is the account's, for as long as it stands there", () => {
    const { store, tokens, who, at } = server();
    const token = tokens.issueForSecret(content);
    expect(who(`Bearer ${token}`)).toBe(401);
    store.put('secrets', secret(token));
    at.time = new Date(NOW.getTime() + 365 * 24 * HOUR * 1000);
    expect(who(`Bearer ${token}`)).toEqual({ ...WEB, extra: {} });
  });

  it.each<[string, (store: Memory, token: string) => void, string]>([
    ['the Secret is gone', (store) => store.drop('secrets', 'shop', 'robot'), 'Token has been invalidated'],
    [
      'the Secret is being deleted',
      (store, token) => store.put('secrets', secret(token, { deletionTimestamp: '2026-01-01T00:00:00Z' })),
      'Token has been invalidated',
    ],
    [
      'another one stands there',
      (store) => store.put('secrets', secret('other')),
      "Token does not match server's copy",
    ],
    ['the account is gone', (store) => store.drop('serviceaccounts', 'shop', 'web'), 'serviceaccounts "web" not found'],
    [
      'the account is another one',
      (store) => store.put('serviceaccounts', { metadata: { namespace: 'shop', name: 'web', uid: 'u2' } }),
      'ServiceAccount UID (u2) does not match claim (u1)',
    ],
  ])('does not count where %s', (_, change, error) => {
    const { store, tokens } = server();
    const token = tokens.issueForSecret(content);
    store.put('secrets', secret(token));
    expect(tokens.check(token, [ISSUER])).toHaveProperty('user');
    change(store, token);
    expect(tokens.check(token, [ISSUER])).toEqual({ error });
  });

  it('is for the API server alone', () => {
    const { store, tokens } = server();
    const token = tokens.issueForSecret(content);
    store.put('secrets', secret(token));
    expect(tokens.check(token, ['https://vault'])).toHaveProperty('error');
  });
});
