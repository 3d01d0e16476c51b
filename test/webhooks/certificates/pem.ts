import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

export function blocksOf(pem: string): readonly string[] {
  return pem.match(BLOCK) ?? [];
}

export function certificatesIn(pem: string): X509Certificate[] {
  return blocksOf(pem).map((block) => new X509Certificate(block));
}

/** Whether one of the CAs in the bundle issued the certificate. */
export function isChain(certificate: string, bundle: string): boolean {
  const leaf = new X509Certificate(certificate);
  return certificatesIn(bundle).some((each) => leaf.checkIssued(each) && leaf.verify(each.publicKey));
}
