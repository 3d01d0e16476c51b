/**
 * Tokens of ServiceAccounts: what stands in them and when they count (k8s.io/kubernetes pkg/serviceaccount/claims.go,
 * jwt.go). A token dies with its account, and with the object that it is bound to.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../../../kubernetes/clock.ts';
import { isArray, type JsonObject, numberAt, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import type { Reader, Stored } from '../../store/store.ts';
import { quoted } from '../denied.ts';
import { accountName, accountUser } from '../identities.ts';
import type { User } from '../user.ts';
import { type SigningKey, signedToken, verifiedClaims } from './jwt.ts';
import { SECRET_ISSUER, type SecretToken, secretClaims, secretTokenUser } from './secretTokens.ts';

/** How far clocks may be apart, in seconds: what go-jose allows. */
const LEEWAY = 60;
/** How many tokens are remembered to be signed by the key, which takes longer to find out than all the rest. */
const REMEMBERED = 1000;

export interface ObjectReference {
  readonly name: string;
  readonly uid: string;
}

/** What a token is bound to beside its account; a pod's node is told with it. */
export interface Bindings {
  readonly pod?: ObjectReference;
  readonly secret?: ObjectReference;
  readonly node?: ObjectReference;
}

export interface TokenContent {
  readonly namespace: string;
  readonly account: ObjectReference;
  readonly bound: Bindings;
  readonly audiences: readonly string[];
  /** Of its life, in seconds. */
  readonly seconds: number;
  /** After so many seconds a client should have asked for another one. */
  readonly warnAfter?: number;
  /** A UUID, by which the token is known in `extra`. */
  readonly id: string;
}

/** Whose token it is, or why it does not count; undefined where it is no token of ours at all. */
export type TokenAnswer = { readonly user: User; readonly audiences: readonly string[] } | { readonly error: string };

export interface AccountTokens {
  readonly issuer: string;
  issue(content: TokenContent): string;
  /** One that does not end, for a Secret. */
  issueForSecret(content: SecretToken): string;
  /** @param audiences of which the token must have one */
  check(token: string, audiences: readonly string[]): TokenAnswer | undefined;
}

export interface AccountTokensOptions {
  readonly reader: Reader;
  readonly clock: Clock;
  readonly key: SigningKey;
  /** `https://kubernetes.default.svc`; also the audience of the API server itself. */
  readonly issuer: string;
}

export function accountTokens({ reader, clock, key, issuer }: AccountTokensOptions): AccountTokens {
  const known = new Map<string, JsonObject>();

  /** The claims of what is signed by the key, from memory where it has been seen. */
  function claimsOf(token: string): JsonObject | undefined {
    const id = createHash('sha256').update(token).digest('base64');
    const remembered = known.get(id);
    if (remembered !== undefined) return remembered;
    const claims = verifiedClaims(token, key);
    const by = stringAt(claims, 'iss');
    if (claims === undefined || (by !== issuer && by !== SECRET_ISSUER)) return undefined;
    if (known.size >= REMEMBERED) known.clear();
    known.set(id, claims);
    return claims;
  }

  return {
    issuer,
    issue: (content) => signedToken(claimsFor(content, issuer, Math.floor(clock.now().getTime() / 1000)), key),
    issueForSecret: (content) => signedToken(secretClaims(content), key),
    check(token, audiences) {
      const claims = claimsOf(token);
      if (claims === undefined) return undefined;

      const isOfSecret = claims.iss === SECRET_ISSUER;
      const told = isOfSecret ? [issuer] : audiencesOf(claims); // a Secret's is for the API server alone
      const common = told.filter((audience) => audiences.includes(audience));
      if (common.length === 0) {
        return { error: `token audiences ${listed(told)} is invalid for the target audiences ${listed(audiences)}` };
      }
      if (isOfSecret) {
        const found = secretTokenUser(token, claims, reader);
        return 'error' in found ? found : { user: found, audiences: common };
      }
      const error = timeError(claims, clock.now()) ?? bindingError(claims, reader, clock.now());
      return error === undefined ? { user: userIn(claims), audiences: common } : { error };
    },
  };
}

function claimsFor(
  { namespace, account, bound, audiences, seconds, warnAfter, id }: TokenContent,
  issuer: string,
  now: number,
): JsonObject {
  return {
    aud: audiences,
    exp: now + seconds,
    iat: now,
    iss: issuer,
    jti: id,
    'kubernetes.io': {
      namespace,
      ...references(bound),
      serviceaccount: { ...account },
      ...(warnAfter !== undefined && { warnafter: now + warnAfter }),
    },
    nbf: now,
    sub: accountName(namespace, account.name),
  };
}

function references({ pod, secret, node }: Bindings): JsonObject {
  return {
    ...(node !== undefined && { node: { ...node } }),
    ...(pod !== undefined && { pod: { ...pod } }),
    ...(secret !== undefined && { secret: { ...secret } }),
  };
}

function audiencesOf(claims: JsonObject): string[] {
  const { aud } = claims;
  return (isArray(aud) ? aud : [aud]).filter((each) => typeof each === 'string');
}

function timeError(claims: JsonObject, now: Date): string | undefined {
  const seconds = now.getTime() / 1000;
  const [notBefore = 0, expiry = 0, issuedAt = 0] = ['nbf', 'exp', 'iat'].map((name) => numberAt(claims, name));
  if (seconds + LEEWAY < notBefore) return 'service account token is not valid yet';
  if (seconds - LEEWAY > expiry) return 'service account token has expired';
  if (seconds + LEEWAY < issuedAt) return 'service account token is issued in the future';
  return undefined;
}

/** Why a token whose account or whose bound object is gone, or is another one of the same name, does not count. */
function bindingError(claims: JsonObject, reader: Reader, now: Date): string | undefined {
  const told = objectAt(claims, 'kubernetes.io');
  const namespace = stringAt(told, 'namespace') ?? '';
  const { name, uid } = referenceIn(told, 'serviceaccount') ?? { name: '', uid: '' };
  const account = reader.get({ resource: 'serviceaccounts', namespace, name });
  if (account === undefined) return `serviceaccounts ${quoted(name)} not found`;
  if (account.uid !== uid) return `service account UID (${account.uid}) does not match claim (${uid})`;
  if (isGone(account, now)) return `service account ${namespace}/${name} has been deleted`;

  const secret = referenceIn(told, 'secret');
  const pod = referenceIn(told, 'pod');
  const node = pod === undefined ? referenceIn(told, 'node') : undefined; // a pod's node is only told
  return (
    referenceError(reader, now, { resource: 'secrets', title: 'secret UID', claim: 'secret', namespace }, secret) ??
    referenceError(reader, now, { resource: 'pods', title: 'pod UID', claim: 'pod', namespace }, pod) ??
    referenceError(reader, now, { resource: 'nodes', title: 'node UID', claim: 'node', namespace: '' }, node)
  );
}

interface Bound {
  readonly resource: string;
  readonly title: string;
  readonly claim: string;
  readonly namespace: string;
}

function referenceError(
  reader: Reader,
  now: Date,
  { resource, title, claim, namespace }: Bound,
  reference: ObjectReference | undefined,
): string | undefined {
  if (reference === undefined) return undefined;
  const stored = reader.get({ resource, namespace, name: reference.name });
  if (stored === undefined) return 'service account token has been invalidated';
  if (stored.uid !== reference.uid) {
    return `${title} (${stored.uid}) does not match service account ${claim} ref claim (${reference.uid})`;
  }
  return isGone(stored, now) ? 'service account token has been invalidated' : undefined;
}

/** Being deleted, for longer than clocks may be apart. */
function isGone(stored: Stored, now: Date): boolean {
  const deleted = stringAt(stored.object(), 'metadata', 'deletionTimestamp');
  return deleted !== undefined && Date.parse(deleted) < now.getTime() - LEEWAY * 1000;
}

function userIn(claims: JsonObject): User {
  const told = objectAt(claims, 'kubernetes.io');
  const { name, uid } = referenceIn(told, 'serviceaccount') ?? { name: '', uid: '' };
  return accountUser(stringAt(told, 'namespace') ?? '', name, uid, extraIn(claims, told));
}

function extraIn(claims: JsonObject, told: JsonObject | undefined): User['extra'] {
  const pod = referenceIn(told, 'pod');
  const node = referenceIn(told, 'node');
  const id = stringAt(claims, 'jti') ?? '';
  return {
    ...(id !== '' && { 'authentication.kubernetes.io/credential-id': [`JTI=${id}`] }),
    ...(node !== undefined && { 'authentication.kubernetes.io/node-name': [node.name] }),
    ...(node !== undefined && node.uid !== '' && { 'authentication.kubernetes.io/node-uid': [node.uid] }),
    ...(pod !== undefined && {
      'authentication.kubernetes.io/pod-name': [pod.name],
      'authentication.kubernetes.io/pod-uid': [pod.uid],
    }),
  };
}

function referenceIn(told: JsonObject | undefined, kind: string): ObjectReference | undefined {
  const reference = objectAt(told, kind);
  if (reference === undefined) return undefined;
  return { name: stringAt(reference, 'name') ?? '', uid: stringAt(reference, 'uid') ?? '' };
}

/** As Go prints a list of texts by %q. */
export function listed(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(' ')}]`;
}
