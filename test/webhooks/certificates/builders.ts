/** Certificates for tests, good ones and bad ones. Keys come from a stock: what is told apart here has other names. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import { type Making, makeAuthority, makeServing, type Pair, signedPem } from '../../../src/tls/x509.ts';
import type { Material } from '../../../webhooks/certificates/examine.ts';
import { AUTHORITY, SERVING_TITLE } from '../../../webhooks/certificates/names.ts';
import { DAY, LIFE, making, NOW } from '../../tls/builders.ts';
import { keysFromStock } from '../../tls/keys.ts';
import { NAMES } from './names.ts';

export { DAY, LIFE, making, NOW };

export function authority(changes: Partial<Making> = {}): Pair {
  return makeAuthority(AUTHORITY, making(changes));
}

export function serving(from: Pair, changes: Partial<Making> = {}, names: readonly string[] = NAMES): Pair {
  return makeServing({ names, title: SERVING_TITLE }, from, making(changes));
}

/** A Secret in good order; the changes replace what they name. */
export function material(changes: Partial<Material> = {}): Material {
  const ca = authority();
  return { ...materialOf(ca, serving(ca)), ...changes };
}

export function materialOf(ca: Pair, leaf: Pair, previous: readonly Pair[] = []): Material {
  return {
    'ca.crt': ca.certificate,
    'ca.key': ca.key,
    'previous-ca.crt': previous.map(({ certificate }) => certificate).join(''),
    'tls.crt': leaf.certificate,
    'tls.key': leaf.key,
  };
}

export interface ForeignOptions {
  readonly bits?: number;
  /** Signs in the place of its own key. */
  readonly signer?: Pair;
}

/** As somebody else would make one: under the name and with the extensions that are asked for. */
export function foreign(organization: string, extensions: object[], options: ForeignOptions = {}): Pair {
  const { bits = 2048, signer } = options;
  const { publicKey, privateKey } =
    bits === 2048 ? keysFromStock() : generateKeyPairSync('rsa', { modulusLength: bits });
  const certificate = forge.pki.createCertificate();
  const name = [
    { name: 'organizationName', value: organization },
    { name: 'commonName', value: 'somebody else' },
  ];
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(NOW - DAY);
  certificate.validity.notAfter = new Date(NOW + DAY);
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions(extensions);
  return {
    certificate: signedPem(certificate, signer === undefined ? privateKey : createPrivateKey(signer.key)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

export const CA_EXTENSIONS = [{ name: 'basicConstraints', cA: true }];
