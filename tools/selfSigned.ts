/** A certificate for this machine alone, which its clients take as their CA: for tests and measurements. */
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';
import { serialNumber, signedPem } from '../src/tls/x509.ts';

export interface SelfSigned {
  /** PEM, RSA; one key may be in many certificates, since making it is what takes time. */
  readonly key: string;
  readonly from?: Date;
  readonly until: Date;
  /** The common name. */
  readonly name?: string;
}

const HOUR = 3_600_000;

/** For localhost and 127.0.0.1, as PEM. */
export function selfSigned({ key, from = new Date(Date.now() - HOUR), until, name = 'localhost' }: SelfSigned): string {
  const made = forge.pki.createCertificate();
  const { n, e } = forge.pki.privateKeyFromPem(key);
  made.publicKey = forge.pki.setRsaPublicKey(n, e);
  made.serialNumber = serialNumber(randomBytes(16));
  made.validity.notBefore = from;
  made.validity.notAfter = until;
  const subject = [{ name: 'commonName', value: name }];
  made.setSubject(subject);
  made.setIssuer(subject);
  made.setExtensions([
    { name: 'basicConstraints', cA: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'localhost' },
        { type: 7, ip: '127.0.0.1' },
      ],
    },
  ]);
  return signedPem(made, createPrivateKey(key));
}

/** An RSA key as PEM; Node's TLS takes no smaller ones. */
export function makeKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}
