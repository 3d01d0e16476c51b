import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Files that the API server and the controller manager read; all of them end with the control plane's folder. */
export interface Credentials {
  /** The administrator's bearer token. */
  readonly token: string;
  /** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file */
  readonly tokenFile: string;
  /** Signs the tokens of ServiceAccounts. */
  readonly serviceAccountKey: string;
  /** Where the API server writes its own certificate; it brings its CA with it. */
  readonly certificates: string;
  readonly ca: string;
}

export function makeCredentials(folder: string): Credentials {
  const token = randomBytes(24).toString('hex');
  const tokenFile = path.join(folder, 'tokens.csv');
  writeFileSync(tokenFile, `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });

  const serviceAccountKey = path.join(folder, 'service-accounts.key');
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(serviceAccountKey, privateKey, { mode: 0o600 });

  const certificates = path.join(folder, 'certificates');
  mkdirSync(certificates);
  return { token, tokenFile, serviceAccountKey, certificates, ca: path.join(certificates, 'apiserver.crt') };
}
