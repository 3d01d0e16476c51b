/** A certificate for 127.0.0.1 and localhost, which clients take as their CA. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKey, selfSigned } from '../../../tools/selfSigned.ts';

const DAY = 86_400_000;

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  /** The certificate's own text. */
  readonly ca: string;
}

export function writeCertificate(folder: string): CertificateFiles {
  const key = makeKey();
  const now = Date.now();
  const ca = selfSigned({ key, from: new Date(now - DAY), until: new Date(now + DAY) });
  const files = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  writeFileSync(files.certificate, ca);
  writeFileSync(files.key, key, { mode: 0o600 });
  return { ...files, ca };
}
