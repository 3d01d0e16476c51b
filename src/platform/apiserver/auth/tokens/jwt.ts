/** JSON Web Tokens that are signed by one key of ours with ES256 (RFC 7515, 7518), and no others. */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { isObject, type JsonObject, stringAt } from '../../../../kubernetes/json.ts';

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Names the key in a token's header. */
  readonly id: string;
}

/** @param privateKey on the curve P-256 */
export function signingKeyOf(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  // as k8s.io/kubernetes pkg/serviceaccount/jwt.go makes it
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  return { privateKey, publicKey, id };
}

export function signedToken(claims: JsonObject, { privateKey, id }: SigningKey): string {
  const body = `${encoded({ alg: 'ES256', kid: id })}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(body), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${body}.${signature.toString('base64url')}`;
}

/** The claims of a token; undefined where the text is none, or is not signed by the key. Times are not looked at. */
export function verifiedClaims(token: string, { publicKey, id }: SigningKey): JsonObject | undefined {
  const [header = '', claims = '', signature = '', ...more] = token.split('.');
  if (more.length > 0) return undefined;

  // the key says which algorithm counts, never the token
  const told = decoded(header);
  if (stringAt(told, 'alg') !== 'ES256' || (stringAt(told, 'kid') ?? id) !== id) return undefined;

  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))) return undefined;
  return decoded(claims);
}

function encoded(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decoded(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
