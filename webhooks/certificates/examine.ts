/**
 * What a Secret or a caBundle holds is not trusted to be what its keys say: every certificate is read and verified by
 * OpenSSL, and what does not hold is told in a sentence that has no key material in it.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { AUTHORITY } from './names.ts';

/** The Secret's entries as text, under their names; empty where there is none. */
export interface Material {
  readonly 'ca.crt': string;
  readonly 'ca.key': string;
  readonly 'previous-ca.crt': string;
  readonly 'tls.crt': string;
  readonly 'tls.key': string;
}

/** A CA of ours that is good now. Nothing secret is in here. */
export interface Authority {
  /** SHA-256 over its DER. */
  readonly id: string;
  readonly pem: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A serving certificate that is good now, with the CA that issued it. */
export interface Leaf {
  readonly id: string;
  /** The CA's id. */
  readonly issuer: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface Examined {
  /** `ca.crt`, where it is good. */
  readonly authority: Authority | undefined;
  /** `ca.key` is the key of `ca.crt`. */
  readonly canSign: boolean;
  /** Of `previous-ca.crt` those that are good now. */
  readonly previous: readonly Authority[];
  /** `previous-ca.crt` has something in it, good or expired. */
  readonly hasPrevious: boolean;
  /** Undefined where it is not good; that there is none yet, or that it has expired, is no flaw. */
  readonly leaf: Leaf | undefined;
  /** What is wrong, a sentence each. */
  readonly flaws: readonly string[];
}

export interface Expectations {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** DNS names that the serving certificate must be good for. */
  readonly names: readonly string[];
  /** RSA keys below this are not taken. */
  readonly leastBits: number;
  /** CAs from elsewhere (the caBundles) that may have issued the serving certificate. */
  readonly others: readonly Authority[];
}

/** The two questions of this file, so that a test can remember the answers. */
export interface Examiner {
  examine(material: Material, expected: Expectations): Examined;
  authoritiesIn(text: string, expected: Pick<Expectations, 'now' | 'leastBits'>): readonly Authority[];
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

export function examine(material: Material, expected: Expectations): Examined {
  const flaws: string[] = [];
  const authority = examineAuthority(material['ca.crt'], expected, flaws);
  const canSign = authority !== undefined && examineKey(material, expected, flaws);

  const text = material['previous-ca.crt'].trim();
  const previous = authoritiesIn(text, expected).filter(({ id }) => id !== authority?.id);
  if (text !== '' && !isMadeOfOurs(text))
    flaws.push('previous-ca.crt holds something other than CA certificates of Weir');

  const known = [...(authority === undefined ? [] : [authority]), ...previous];
  const leaf = examineLeaf(material, known, expected, flaws);
  return { authority, canSign, previous, hasPrevious: text !== '', leaf, flaws };
}

/** The CAs of ours that are good now, each once; anything else in the text is passed over. */
export function authoritiesIn(text: string, { now, leastBits }: Pick<Expectations, 'now' | 'leastBits'>): Authority[] {
  const found = new Map<string, Authority>();
  for (const [pem] of text.matchAll(BLOCK)) {
    const certificate = parsed(pem);
    if (certificate === undefined || authorityFlaw(certificate, now, leastBits) !== undefined) continue;
    const authority = authorityOf(certificate);
    found.set(authority.id, authority);
  }
  return [...found.values()];
}

/** The private key, where the text is one in PEM without a passphrase. */
export function privateKeyIn(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined; // what OpenSSL says of it is not needed, and could quote it
  }
}

function examineAuthority(text: string, { now, leastBits }: Expectations, flaws: string[]): Authority | undefined {
  const blocks = text.match(BLOCK) ?? [];
  const certificate = blocks.length === 1 ? parsed(blocks[0] ?? '') : undefined;
  if (certificate === undefined) {
    flaws.push(text.trim() === '' ? 'ca.crt is empty' : 'ca.crt is not one certificate in PEM');
    return undefined;
  }
  const flaw = authorityFlaw(certificate, now, leastBits);
  if (flaw === undefined) return authorityOf(certificate);
  flaws.push(`ca.crt ${flaw}`);
  return undefined;
}

function examineKey(material: Material, { leastBits }: Expectations, flaws: string[]): boolean {
  const key = privateKeyIn(material['ca.key']);
  if (key === undefined) {
    flaws.push(material['ca.key'].trim() === '' ? 'ca.key is empty' : 'ca.key is not a private key in PEM');
    return false;
  }
  if (bitsOf(key) >= leastBits && parsed(material['ca.crt'])?.checkPrivateKey(key) === true) return true;
  flaws.push('ca.key is not the key of ca.crt');
  return false;
}

function examineLeaf(
  material: Material,
  known: readonly Authority[],
  expected: Expectations,
  flaws: string[],
): Leaf | undefined {
  const { 'tls.crt': text, 'tls.key': keyText } = material;
  if (text.trim() === '' && keyText.trim() === '') return undefined;

  const certificate = parsed(text);
  // an expired one is as good as none, and no sign that somebody broke something
  if (certificate !== undefined && expected.now >= validityOf(certificate).notAfter) return undefined;
  const flaw =
    certificate === undefined ? 'is not a certificate in PEM' : leafFlaw(certificate, text, keyText, expected);
  if (certificate === undefined || flaw !== undefined) {
    flaws.push(`tls.crt ${flaw}`);
    return undefined;
  }

  const issuer = issuerOf(certificate, known) ?? issuerOf(certificate, expected.others);
  if (issuer === undefined) {
    flaws.push('tls.crt was issued by a CA that is not known here');
    return undefined;
  }
  if (!known.includes(issuer)) flaws.push('tls.crt was issued by a CA that the Secret has lost');
  return { id: idOf(certificate), issuer: issuer.id, ...validityOf(certificate) };
}

/** Undefined where the certificate is a good CA of ours. */
function authorityFlaw(certificate: X509Certificate, now: number, leastBits: number): string | undefined {
  if (!isOurs(certificate)) return 'is not a CA certificate of Weir';
  if (bitsOf(certificate.publicKey) < leastBits) return `has no RSA key of at least ${leastBits} bits`;
  if (!certificate.verify(certificate.publicKey)) return 'is not signed by its own key';
  return timeFlaw(certificate, now);
}

function isOurs(certificate: X509Certificate): boolean {
  return certificate.ca && certificate.subject.split('\n').includes(`O=${AUTHORITY.organization}`);
}

/** True as well where some of them have expired: that is no sign of a foreign hand. */
function isMadeOfOurs(text: string): boolean {
  if (text.replaceAll(BLOCK, '').trim() !== '') return false;
  for (const [pem] of text.matchAll(BLOCK)) {
    const certificate = parsed(pem);
    if (certificate === undefined || !isOurs(certificate)) return false;
  }
  return true;
}

function leafFlaw(
  certificate: X509Certificate,
  text: string,
  keyText: string,
  { now, names, leastBits }: Expectations,
): string | undefined {
  const key = privateKeyIn(keyText);
  if (key === undefined) return 'has no private key in PEM beside it in tls.key';
  if (!certificate.checkPrivateKey(key)) return 'does not fit the key in tls.key';
  if (bitsOf(key) < leastBits) return `has no RSA key of at least ${leastBits} bits`;
  if (certificate.ca) return 'is a CA, not a serving certificate';
  if (certificate.keyUsage?.includes(SERVER_AUTHENTICATION) !== true) return 'is not meant for a server';
  for (const name of names) {
    if (certificate.checkHost(name, { subject: 'never' }) === undefined) return `is not for ${name}`;
  }
  return timeFlaw(certificate, now) ?? contextFlaw(text, keyText);
}

/** TLS has the last word on what a server can be started with. */
function contextFlaw(cert: string, key: string): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch {
    return 'is not taken by TLS';
  }
}

function timeFlaw(certificate: X509Certificate, now: number): string | undefined {
  const { notBefore, notAfter } = validityOf(certificate);
  if (now < notBefore) return `is not good before ${new Date(notBefore).toISOString()}`;
  if (now >= notAfter) return `expired at ${new Date(notAfter).toISOString()}`;
  return undefined;
}

function issuerOf(certificate: X509Certificate, authorities: readonly Authority[]): Authority | undefined {
  return authorities.find(({ pem }) => {
    const issuer = parsed(pem);
    return issuer !== undefined && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  });
}

function authorityOf(certificate: X509Certificate): Authority {
  return { id: idOf(certificate), pem: certificate.toString(), ...validityOf(certificate) };
}

function idOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

function validityOf(certificate: X509Certificate): { notBefore: number; notAfter: number } {
  return { notBefore: certificate.validFromDate.getTime(), notAfter: certificate.validToDate.getTime() };
}

/** 0 for what is not RSA. */
function bitsOf(key: KeyObject): number {
  return key.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 0;
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
