/** A certificate for 127.0.0.1 and localhost, which clients take as their CA. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import forge from 'node-forge';

const DAY = 86_400_000;

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  /** The certificate's own text. */
  readonly ca: string;
}

export function writeCertificate(folder: string): CertificateFiles {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyPem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const key = forge.pki.privateKeyFromPem(keyPem);

  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  made.serialNumber = '01';
  made.validity.notBefore = new Date(Date.now() - DAY);
  made.validity.notAfter = new Date(Date.now() + DAY);
  const name = [{ name: 'commonName', value: 'localhost' }];
  made.setSubject(name);
  made.setIssuer(name);
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
  made.sign(key, forge.md.sha256.create());

  const files = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  const ca = forge.pki.certificateToPem(made);
  writeFileSync(files.certificate, ca);
  writeFileSync(files.key, keyPem, { mode: 0o600 });
  return { ...files, ca };
}
