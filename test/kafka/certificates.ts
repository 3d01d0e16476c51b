/** Certificates of both sides: src/tls makes those of servers alone. */
import forge from 'node-forge';

export interface TestPair {
  readonly certificate: string;
  /** PKCS #8. */
  readonly key: string;
}

export interface TestCertificates {
  readonly ca: string;
  readonly server: TestPair;
  readonly client: TestPair;
}

export function makeCertificates(): TestCertificates {
  const authority = forge.pki.rsa.generateKeyPair(2048);
  const issuer = [{ name: 'commonName', value: 'Kafka of tests' }];
  const make = (commonName: string, extensions: object[], keys: forge.pki.rsa.KeyPair): forge.pki.Certificate => {
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = keys.publicKey;
    certificate.serialNumber = `0${forge.util.bytesToHex(forge.random.getBytesSync(8))}`;
    certificate.validity.notBefore = new Date(Date.now() - 60_000);
    certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
    certificate.setSubject([{ name: 'commonName', value: commonName }]);
    certificate.setIssuer(issuer);
    certificate.setExtensions(extensions);
    certificate.sign(authority.privateKey, forge.md.sha256.create());
    return certificate;
  };
  const pair = (commonName: string, usage: object): TestPair => {
    const keys = forge.pki.rsa.generateKeyPair(2048);
    const extensions = [
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', ...usage },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ];
    const wrapped = forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(keys.privateKey));
    const certificate = forge.pki.certificateToPem(make(commonName, extensions, keys));
    return { certificate: unix(certificate), key: unix(forge.pki.privateKeyInfoToPem(wrapped)) };
  };
  const ca = make(
    'Kafka of tests',
    [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', keyCertSign: true },
    ],
    authority,
  );
  return {
    ca: unix(forge.pki.certificateToPem(ca)),
    server: pair('kafka', { serverAuth: true }),
    client: pair('client', { clientAuth: true }),
  };
}

function unix(pem: string): string {
  return pem.replaceAll('\r', '');
}
