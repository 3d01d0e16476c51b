/** Certificates for the tests, made once a file: one key for all of them, since making it is what takes time. */
import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import type { CertificateSource, ServingCertificate } from '../../../webhooks/dependencies.ts';

/** Node's TLS takes no smaller ones. */
const BITS = 2048;

export function makeKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: BITS });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

const key = makeKey();
let serial = 1;

/** A certificate of its own for localhost and 127.0.0.1, which clients take as their CA. */
export function aCertificate(expiresAt = new Date(Date.now() + 3_600_000), name = 'localhost'): ServingCertificate {
  const made = forge.pki.createCertificate();
  const privateKey = forge.pki.privateKeyFromPem(key);
  made.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e);
  made.serialNumber = (serial++).toString(16).padStart(2, '0');
  made.validity.notBefore = new Date(Date.now() - 3_600_000);
  made.validity.notAfter = expiresAt;
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
  made.sign(privateKey, forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(made), key, expiresAt };
}

/** A source whose certificate the test changes. */
export class TestCertificates implements CertificateSource {
  readonly #listeners: ((certificate: ServingCertificate) => void)[] = [];
  #current: ServingCertificate | undefined;

  constructor(current: ServingCertificate | undefined) {
    this.#current = current;
  }

  current(): ServingCertificate | undefined {
    return this.#current;
  }

  onChange(listener: (certificate: ServingCertificate) => void): void {
    this.#listeners.push(listener);
  }

  change(certificate: ServingCertificate): void {
    this.#current = certificate;
    for (const listener of this.#listeners) listener(certificate);
  }
}
