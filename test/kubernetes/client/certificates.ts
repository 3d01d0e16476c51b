/** A CA with certificates for 127.0.0.1 and for a client, made anew for each run. */
import { constants, generateKeyPairSync, privateEncrypt } from 'node:crypto';
import forge from 'node-forge';

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

interface Authority extends Pair {
  readonly certificate: forge.pki.Certificate;
  readonly privateKey: forge.pki.rsa.PrivateKey;
}

let serial = 1;

function certificate(name: string, publicKey: forge.pki.PublicKey, extensions: object[]): forge.pki.Certificate {
  const made = forge.pki.createCertificate();
  made.publicKey = publicKey;
  made.serialNumber = `0${serial++}`;
  made.validity.notBefore = new Date(Date.now() - 60_000);
  made.validity.notAfter = new Date(Date.now() + 3_600_000);
  made.setSubject([{ name: 'commonName', value: name }]);
  made.setExtensions(extensions);
  return made;
}

/** Node makes keys, and signs with them, a hundred times faster than forge does in a test runner. */
function newKeys(): { publicKey: forge.pki.rsa.PublicKey; privateKey: forge.pki.rsa.PrivateKey } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return { publicKey: forge.pki.publicKeyFromPem(publicKey), privateKey: forge.pki.privateKeyFromPem(privateKey) };
}

/** What comes before a SHA-256 in a signature of PKCS#1 (RFC 8017, 9.2). */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

function sign(made: forge.pki.Certificate, key: forge.pki.rsa.PrivateKey): void {
  const pem = forge.pki.privateKeyToPem(key);
  const signing = {
    ...key,
    sign(digest: forge.md.MessageDigest): string {
      const hash = Buffer.from(digest.digest().getBytes(), 'latin1');
      const padded = { key: pem, padding: constants.RSA_PKCS1_PADDING };
      return privateEncrypt(padded, Buffer.concat([SHA256_PREFIX, hash])).toString('latin1');
    },
  };
  made.sign(signing, forge.md.sha256.create());
}

export function authority(name: string): Authority {
  const keys = newKeys();
  const made = certificate(name, keys.publicKey, [
    { name: 'basicConstraints', cA: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true },
  ]);
  made.setIssuer(made.subject.attributes);
  sign(made, keys.privateKey);
  const pem = { cert: forge.pki.certificateToPem(made), key: forge.pki.privateKeyToPem(keys.privateKey) };
  return { ...pem, certificate: made, privateKey: keys.privateKey };
}

export function signed(by: Authority, name: string, host?: string): Pair {
  const keys = newKeys();
  const names = host === undefined ? [{ type: 7, ip: '127.0.0.1' }] : [{ type: 2, value: host }];
  const made = certificate(name, keys.publicKey, [
    { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
    { name: 'subjectAltName', altNames: names },
  ]);
  made.setIssuer(by.certificate.subject.attributes);
  sign(made, by.privateKey);
  return { cert: forge.pki.certificateToPem(made), key: forge.pki.privateKeyToPem(keys.privateKey) };
}
