/** Certificates for the tests, made once a file: one key for all of them, since making it is what takes time. */
import { makeKey, selfSigned } from '../../../tools/selfSigned.ts';
import type { CertificateSource, ServingCertificate } from '../../../webhooks/dependencies.ts';

export { makeKey };

const key = makeKey();

/** A certificate of its own for localhost and 127.0.0.1, which clients take as their CA. */
export function aCertificate(until = new Date(Date.now() + 3_600_000), name = 'localhost'): ServingCertificate {
  return { certificate: selfSigned({ key, until, name }), key, expiresAt: until };
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
