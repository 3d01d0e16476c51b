import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { createServer, get } from 'node:https';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import forge from 'node-forge';
import { makeKeys, type Pair, serialNumber } from '../../src/tls/x509.ts';
import { authority, DAY, LIFE, NOW, SERVED, serving } from './builders.ts';

const MINUTE = 60_000;

function extension({ certificate }: Pair, name: string): Record<string, unknown> {
  const found = forge.pki.certificateFromPem(certificate).getExtension({ name });
  return { ...found };
}

describe('a CA', () => {
  const pair = authority();
  const certificate = new X509Certificate(pair.certificate);

  it('is signed by its own key, which is beside it', () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(pair.key))).toBe(true);
  });

  it('signs serving certificates and nothing else', () => {
    expect(certificate.ca).toBe(true);
    expect(extension(pair, 'basicConstraints')).toMatchObject({ critical: true, cA: true, pathLenConstraint: 0 });
    expect(extension(pair, 'keyUsage')).toMatchObject({
      critical: true,
      keyCertSign: true,
      cRLSign: true,
      digitalSignature: false,
      keyEncipherment: false,
    });
  });

  it('says whose it is, each under a name of its own', () => {
    expect(certificate.subject).toMatch(/^O=example\.com\nCN=example CA [0-9a-f]{8}$/);
    expect(certificate.issuer).toBe(certificate.subject);
    expect(new X509Certificate(authority().certificate).subject).not.toBe(certificate.subject);
  });

  it.each`
    life           | begins
    ${LIFE}        | ${-5 * MINUTE}
    ${MINUTE}      | ${-6_000}
    ${10 * MINUTE} | ${-MINUTE}
  `(
    'that lives $life ms begins at $begins ms, for clocks that are behind',
    ({ life, begins }: Record<string, number>) => {
      const { validFromDate, validToDate } = new X509Certificate(authority({ life: life ?? 0 }).certificate);
      expect(validFromDate.getTime() - NOW).toBe(begins);
      expect(validToDate.getTime() - NOW).toBe(life);
    },
  );
});

describe('a serving certificate', () => {
  const ca = authority();
  const pair = serving(ca);
  const certificate = new X509Certificate(pair.certificate);

  it('is signed by the CA, and its key is beside it', () => {
    const issuer = new X509Certificate(ca.certificate);
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(pair.key))).toBe(true);
    expect(certificate.checkIssued(new X509Certificate(authority().certificate))).toBe(false);
  });

  it('is for the names, and for a server', () => {
    expect(certificate.subjectAltName).toBe(SERVED.names.map((name) => `DNS:${name}`).join(', '));
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(extension(pair, 'keyUsage')).toMatchObject({
      digitalSignature: true,
      keyEncipherment: true,
      keyCertSign: false,
    });
  });

  it('names the key of its CA, so that one of two CAs is found at once', () => {
    const { value } = extension(pair, 'authorityKeyIdentifier');
    const key = forge.pki.certificateFromPem(ca.certificate).generateSubjectKeyIdentifier().getBytes();
    expect(String(value)).toContain(key);
  });

  it('does not outlive its CA', () => {
    const late = new X509Certificate(serving(ca, { now: NOW + 60 * DAY }).certificate);
    expect(late.validToDate).toEqual(new X509Certificate(ca.certificate).validToDate);
  });

  it('has a subject that X.520 allows, however long the names are', () => {
    const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.svc`;
    const { subject, subjectAltName } = new X509Certificate(serving(ca, {}, { names: [long] }).certificate);
    expect(subject).toBe('CN=example');
    expect(subjectAltName).toBe(`DNS:${long}`);
  });

  it('is for addresses as well, of both families', () => {
    const pair = serving(ca, {}, { names: ['localhost'], addresses: ['127.0.0.1', '::1'] });
    const certificate = new X509Certificate(pair.certificate);
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
  });

  it('is taken by TLS from a bundle of two CAs, by a name that a client asks for', async () => {
    const now = Date.now();
    const [one, other] = [authority({ now }), authority({ now })];
    const leaf = serving(one, { now });
    const answers = await overTls(leaf, [
      { ca: other.certificate + one.certificate, servername: SERVED.names[0] ?? '' },
      { ca: one.certificate, servername: SERVED.names[1] ?? '' },
      { ca: other.certificate, servername: SERVED.names[0] ?? '' },
      { ca: one.certificate, servername: 'another.shop.svc' },
    ]);
    expect(answers).toEqual([
      'hello',
      'hello',
      expect.stringContaining('unable to verify the first certificate'),
      expect.stringContaining("does not match certificate's altnames"),
    ]);
  });
});

describe('serial numbers', () => {
  it('are positive and of 16 bytes, whatever chance gives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(serialNumber(bytes)).toMatch(/^[4-7][0-9a-f]{31}$/);
      }),
    );
  });

  it('are as random as what they are made of', () => {
    const bytes = randomBytes(16);
    expect(serialNumber(bytes).slice(2)).toBe(bytes.toString('hex').slice(2));
    const { serialNumber: first } = new X509Certificate(authority().certificate);
    const { serialNumber: second } = new X509Certificate(authority().certificate);
    expect(first).not.toBe(second);
  });
});

describe('keys', () => {
  it('are made while the event loop goes on', async () => {
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    count();
    const { privateKey } = await makeKeys(2048);
    isDone = true;
    expect(privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(turns).toBeGreaterThan(10);
  });
});

/** What a client gets of a server with this certificate, or why it gets nothing. */
async function overTls(leaf: Pair, clients: readonly { ca: string; servername: string }[]): Promise<string[]> {
  const server = createServer({ cert: leaf.certificate, key: leaf.key }, (_, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const answers: string[] = [];
  for (const client of clients) {
    answers.push(
      await new Promise<string>((resolve) => {
        get({ host: '127.0.0.1', port, agent: false, ...client }, (response) => {
          response.setEncoding('utf8').on('data', resolve);
        }).on('error', (error) => resolve(error.message));
      }),
    );
  }
  await new Promise((resolve) => server.close(resolve));
  return answers;
}
