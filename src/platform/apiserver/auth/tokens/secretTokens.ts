/**
 * Tokens that stand in Secrets of the type kubernetes.io/service-account-token: they do not end, and die with the Secret
 * and with the account (k8s.io/kubernetes pkg/serviceaccount/legacy.go).
 */
import { isObject, type JsonObject, stringAt } from '../../../../kubernetes/json.ts';
import type { Reader } from '../../store/store.ts';
import { accountName, accountUser } from '../identities.ts';
import type { User } from '../user.ts';

/** What stands in such a token. */
export interface SecretToken {
  readonly namespace: string;
  /** The Secret's name. */
  readonly secret: string;
  readonly account: { readonly name: string; readonly uid: string };
}

export const SECRET_ISSUER = 'kubernetes/serviceaccount';
const CLAIM = 'kubernetes.io/serviceaccount/';

export function secretClaims({ namespace, secret, account }: SecretToken): JsonObject {
  return {
    iss: SECRET_ISSUER,
    [`${CLAIM}namespace`]: namespace,
    [`${CLAIM}secret.name`]: secret,
    [`${CLAIM}service-account.name`]: account.name,
    [`${CLAIM}service-account.uid`]: account.uid,
    sub: accountName(namespace, account.name),
  };
}

/** @param claims of a token that is signed by the server's key */
export function secretTokenUser(token: string, claims: JsonObject, reader: Reader): User | { readonly error: string } {
  const told = (name: string): string => stringAt(claims, `${CLAIM}${name}`) ?? '';
  const [namespace, name, uid] = [told('namespace'), told('service-account.name'), told('service-account.uid')];
  const secret = reader.get({ resource: 'secrets', namespace, name: told('secret.name') })?.object();
  if (secret === undefined || isGoing(secret)) return { error: 'Token has been invalidated' };
  if (tokenIn(secret) !== token) return { error: "Token does not match server's copy" };

  const account = reader.get({ resource: 'serviceaccounts', namespace, name });
  if (account === undefined) return { error: `serviceaccounts ${JSON.stringify(name)} not found` };
  if (isGoing(account.object())) return { error: `ServiceAccount ${namespace}/${name} has been deleted` };
  if (account.uid !== uid) return { error: `ServiceAccount UID (${account.uid}) does not match claim (${uid})` };
  return accountUser(namespace, name, uid, {});
}

function tokenIn(secret: JsonObject): string {
  return Buffer.from(stringAt(secret, 'data', 'token') ?? '', 'base64').toString();
}

function isGoing({ metadata }: JsonObject): boolean {
  return isObject(metadata) && metadata.deletionTimestamp !== undefined;
}
