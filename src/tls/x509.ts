/**
 * Making a CA and what it signs. node-forge only writes the X.509 structure; keys and signatures are OpenSSL's, by
 * node:crypto (docs/adr/0007-openssl-makes-keys-and-signatures.md).
 */
import { createPrivateKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

declare module 'node-forge' {
  namespace pki {
    /** In lib/x509.js, missing in the types. */
    function getTBSCertificate(certificate: Certificate): asn1.Asn1;
  }
}

/** A certificate and its key, both as PEM; the key as PKCS #8. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** What every certificate is made from. */
export interface Making {
  /** RSA, for the new certificate. */
  readonly keys: KeyPair;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds from now to its end. */
  readonly life: number;
  readonly randomBytes: RandomBytes;
}

export type RandomBytes = (size: number) => Uint8Array;

/** Whose CA it is. */
export interface AuthorityName {
  readonly organization: string;
  /** What it is for; a part from chance follows, which tells one CA from another. */
  readonly commonName: string;
}

/** What a serving certificate is good for. */
export interface Served {
  /** DNS names; the first that is short enough is the subject as well. */
  readonly names: readonly string[];
  /** IP addresses, as `127.0.0.1` and `::1`. */
  readonly addresses?: readonly string[];
  /** The subject where no name is short enough to be one. */
  readonly title: string;
}

const MINUTE = 60_000;
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
/** X.520's upper bound of a common name. */
const LONGEST_COMMON_NAME = 64;

/** An RSA pair, made in Node's thread pool. */
export function makeKeys(bits: number): Promise<KeyPair> {
  return promisify(generateKeyPair)('rsa', { modulusLength: bits });
}

/** A self-signed CA that signs serving certificates and no further CA. */
export function makeAuthority({ organization, commonName }: AuthorityName, making: Making): Pair {
  const { now, life } = making;
  const { privateKey } = making.keys;
  const distinction = hex(making.randomBytes(4));
  const subject = [
    { name: 'organizationName', value: organization },
    { name: 'commonName', value: `${commonName} ${distinction}` },
  ];
  const certificate = blank(making);
  setValidity(certificate, now - backdatingFor(life), now + life);
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  return { certificate: signedPem(certificate, privateKey), key: pemOf(privateKey) };
}

/**
 * A serving certificate for the names and addresses, signed by the CA. It does not outlive the CA.
 *
 * @throws Error where the CA's certificate or key cannot be read
 */
export function makeServing({ names, addresses = [], title }: Served, authority: Pair, making: Making): Pair {
  const { now, life } = making;
  const issuer = forge.pki.certificateFromPem(authority.certificate);
  const certificate = blank(making);
  const end = Math.min(now + life, issuer.validity.notAfter.getTime());
  setValidity(certificate, now - backdatingFor(life), end);
  const subject = names.find((name) => name.length <= LONGEST_COMMON_NAME) ?? title;
  certificate.setSubject([{ name: 'commonName', value: subject }]);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: altNames(names, addresses) },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ]);
  return { certificate: signedPem(certificate, createPrivateKey(authority.key)), key: pemOf(making.keys.privateKey) };
}

/** GeneralName's tags (RFC 5280, 4.2.1.6). */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

function altNames(names: readonly string[], addresses: readonly string[]): object[] {
  return [
    ...names.map((value) => ({ type: DNS_NAME, value })),
    ...addresses.map((ip) => ({ type: IP_ADDRESS, ip })), // node-forge makes the bytes of it
  ];
}

/** How far back a certificate's notBefore lies, for clocks that are behind; milliseconds. */
export function backdatingFor(life: number): number {
  return Math.min(5 * MINUTE, life / 10);
}

function blank({ keys, randomBytes }: Making): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  certificate.serialNumber = serialNumber(randomBytes(16));
  return certificate;
}

/** Positive, and without a leading zero byte: the first byte is from 0x40 to 0x7f (RFC 5280, 4.1.2.2). */
export function serialNumber(random: Uint8Array): string {
  const bytes = Uint8Array.from(random);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return hex(bytes);
}

/** X.509 counts whole seconds. The end is rounded down, so that nobody counts on a part of one. */
function setValidity(certificate: forge.pki.Certificate, from: number, until: number): void {
  certificate.validity.notBefore = new Date(Math.floor(from / 1000) * 1000);
  certificate.validity.notAfter = new Date(Math.floor(until / 1000) * 1000);
}

/** Signs with SHA-256 and gives the whole as PEM. */
export function signedPem(certificate: forge.pki.Certificate, key: KeyObject): string {
  certificate.signatureOid = SHA256_WITH_RSA;
  certificate.siginfo.algorithmOid = SHA256_WITH_RSA;
  certificate.tbsCertificate = forge.pki.getTBSCertificate(certificate);
  const bytes = Buffer.from(forge.asn1.toDer(certificate.tbsCertificate).getBytes(), 'latin1');
  certificate.signature = sign('sha256', bytes, key).toString('latin1');
  return forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
