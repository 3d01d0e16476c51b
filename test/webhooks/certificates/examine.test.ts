import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { authoritiesIn, examine, type Material } from '../../../webhooks/certificates/examine.ts';
import { namesOf } from '../../../webhooks/certificates/keeper.ts';
import { authority, CA_EXTENSIONS, DAY, foreign, LIFE, material, materialOf, NOW, serving } from './builders.ts';
import { NAMES } from './names.ts';

const EXPECTED = { now: NOW, names: NAMES, leastBits: 2048, others: [] };

const ca = authority();
const old = authority();
const good = materialOf(ca, serving(ca));

function idOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
}

function flawsOf(changes: Partial<Material>, expected = EXPECTED): readonly string[] {
  return examine({ ...good, ...changes }, expected).flaws;
}

describe('a Secret in good order', () => {
  it('is read as what it is', () => {
    const examined = examine(good, EXPECTED);
    expect(examined).toMatchObject({ canSign: true, previous: [], hasPrevious: false, flaws: [] });
    expect(examined.authority).toEqual({
      id: idOf(ca.certificate),
      pem: ca.certificate,
      notBefore: NOW - 300_000,
      notAfter: NOW + LIFE,
    });
    expect(examined.leaf).toMatchObject({ id: idOf(good['tls.crt']), issuer: idOf(ca.certificate) });
  });

  it('may serve what a previous CA signed', () => {
    const examined = examine(materialOf(ca, serving(old), [old]), EXPECTED);
    expect(examined.flaws).toEqual([]);
    expect(examined.leaf?.issuer).toBe(idOf(old.certificate));
    expect(examined.previous.map(({ id }) => id)).toEqual([idOf(old.certificate)]);
  });

  it('may have no serving certificate yet, or an expired one', () => {
    expect(examine({ ...good, 'tls.crt': '', 'tls.key': '' }, EXPECTED)).toMatchObject({ leaf: undefined, flaws: [] });
    const brief = materialOf(ca, serving(ca, { life: DAY }));
    const later = { ...EXPECTED, now: NOW + 2 * DAY };
    expect(examine(brief, later)).toMatchObject({ leaf: undefined, flaws: [] });
    expect(examine(brief, EXPECTED).leaf).toBeDefined();
  });

  it('drops a previous CA that has expired, and says that there is something to tidy up', () => {
    const brief = authority({ life: DAY });
    const examined = examine(materialOf(ca, serving(ca), [brief]), { ...EXPECTED, now: NOW + 2 * DAY });
    expect(examined).toMatchObject({ previous: [], hasPrevious: true, flaws: [] });
  });

  it('survives white space and line ends as editors leave them', () => {
    expect(flawsOf({ 'ca.crt': `\n${good['ca.crt'].replaceAll('\n', '\r\n')}\n` })).toEqual([]);
  });
});

describe('what is wrong', () => {
  const another = authority();
  /** With a key that is in no stock. */
  const stranger = authority({ keys: generateKeyPairSync('rsa', { modulusLength: 2048 }) });
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const early = { ...EXPECTED, now: NOW - DAY };
  const late = { ...EXPECTED, now: NOW + LIFE };
  const signedTwice = serving(authority());
  const pretended = serving({ certificate: ca.certificate, key: stranger.key });

  it.each<[string, Partial<Material>, string[], typeof EXPECTED?]>([
    ['no CA', { 'ca.crt': '' }, ['ca.crt is empty', 'tls.crt was issued by a CA that is not known here']],
    [
      'garbage',
      { 'ca.crt': 'garbage' },
      ['ca.crt is not one certificate in PEM', 'tls.crt was issued by a CA that is not known here'],
    ],
    [
      'two CAs',
      { 'ca.crt': ca.certificate + old.certificate },
      ['ca.crt is not one certificate in PEM', 'tls.crt was issued by a CA that is not known here'],
    ],
    [
      'a broken PEM',
      { 'ca.crt': ca.certificate.replace('MII', 'AAA') },
      ['ca.crt is not one certificate in PEM', 'tls.crt was issued by a CA that is not known here'],
    ],
    [
      'a CA of somebody else',
      { 'ca.crt': foreign('somebody', CA_EXTENSIONS).certificate },
      ['ca.crt is not a CA certificate of Weir', 'tls.crt was issued by a CA that is not known here'],
    ],
    [
      'a certificate that is no CA',
      { 'ca.crt': foreign('weir.dev', []).certificate },
      ['ca.crt is not a CA certificate of Weir', 'tls.crt was issued by a CA that is not known here'],
    ],
    [
      'a CA with a short key',
      { 'ca.crt': foreign('weir.dev', CA_EXTENSIONS, { bits: 1024 }).certificate },
      ['ca.crt has no RSA key of at least 2048 bits', 'tls.crt was issued by a CA that is not known here'],
    ],
    [
      'a CA that another one signed',
      { 'ca.crt': foreign('weir.dev', CA_EXTENSIONS, { signer: stranger }).certificate },
      ['ca.crt is not signed by its own key', 'tls.crt was issued by a CA that is not known here'],
    ],
    ['a CA that has expired', {}, ['ca.crt expired at 2026-04-01T00:00:00.000Z'], late],
    [
      'a CA that is not good yet',
      {},
      ['ca.crt is not good before 2025-12-31T23:55:00.000Z', 'tls.crt is not good before 2025-12-31T23:55:00.000Z'],
      early,
    ],
    [
      'another CA in its place',
      { 'ca.crt': another.certificate, 'ca.key': another.key },
      ['tls.crt was issued by a CA that is not known here'],
    ],
    ['no key of the CA', { 'ca.key': ' ' }, ['ca.key is empty']],
    ['garbage for the key', { 'ca.key': 'garbage' }, ['ca.key is not a private key in PEM']],
    ['a certificate for the key', { 'ca.key': ca.certificate }, ['ca.key is not a private key in PEM']],
    ['the key of another', { 'ca.key': stranger.key }, ['ca.key is not the key of ca.crt']],
    ['a short key', { 'ca.key': foreign('x', [], { bits: 1024 }).key }, ['ca.key is not the key of ca.crt']],
    [
      'an elliptic key',
      { 'ca.key': elliptic.export({ type: 'pkcs8', format: 'pem' }).toString() },
      ['ca.key is not the key of ca.crt'],
    ],
    [
      'a key with a passphrase',
      {
        'ca.key': elliptic
          .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
          .toString(),
      },
      ['ca.key is not a private key in PEM'],
    ],
    [
      'garbage among the previous',
      { 'previous-ca.crt': 'garbage' },
      ['previous-ca.crt holds something other than CA certificates of Weir'],
    ],
    [
      'garbage beside the previous',
      { 'previous-ca.crt': `${old.certificate}garbage` },
      ['previous-ca.crt holds something other than CA certificates of Weir'],
    ],
    [
      'a CA of somebody else among the previous',
      { 'previous-ca.crt': foreign('somebody', CA_EXTENSIONS).certificate },
      ['previous-ca.crt holds something other than CA certificates of Weir'],
    ],
    ['garbage to serve', { 'tls.crt': 'garbage' }, ['tls.crt is not a certificate in PEM']],
    ['nothing to serve beside a key', { 'tls.crt': '' }, ['tls.crt is not a certificate in PEM']],
    ['no key to serve with', { 'tls.key': '' }, ['tls.crt has no private key in PEM beside it in tls.key']],
    ['the key of another to serve with', { 'tls.key': stranger.key }, ['tls.crt does not fit the key in tls.key']],
    [
      'the CA itself to serve',
      { 'tls.crt': ca.certificate, 'tls.key': ca.key },
      ['tls.crt is a CA, not a serving certificate'],
    ],
    [
      'a certificate of another CA',
      { 'tls.crt': signedTwice.certificate, 'tls.key': signedTwice.key },
      ['tls.crt was issued by a CA that is not known here'],
    ],
    [
      'a certificate that names the CA and is signed by another key',
      { 'tls.crt': pretended.certificate, 'tls.key': pretended.key },
      ['tls.crt was issued by a CA that is not known here'],
    ],
    [
      'a certificate for other names',
      leafFor(['weir-webhook.other.svc', ...NAMES.slice(1)]),
      ['tls.crt is not for weir-webhook.weir-system.svc'],
    ],
    [
      'a certificate without the long name',
      leafFor(NAMES.slice(0, 1)),
      ['tls.crt is not for weir-webhook.weir-system.svc.cluster.local'],
    ],
    ['a certificate not good yet', leafFor(NAMES, NOW + DAY), ['tls.crt is not good before 2026-01-01T23:55:00.000Z']],
    ['a certificate that is not for servers', unfit(), ['tls.crt is not meant for a server']],
  ])('%s', (_, changes, flaws, expected = EXPECTED) => {
    expect(flawsOf(changes, expected)).toEqual(flaws);
  });

  it('is told without a word of a key', () => {
    const words = flawsOf({
      'ca.key': good['tls.key'],
      'tls.key': good['ca.key'],
      'previous-ca.crt': good['ca.key'],
    }).join();
    for (const line of `${good['ca.key']}${good['tls.key']}`.split('\n').filter((each) => each.length > 30)) {
      expect(words).not.toContain(line);
    }
    expect(words).not.toMatch(/PRIVATE|BEGIN/);
  });

  it('is never an exception, whatever stands there', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(...Object.values(good)),
      fc.constantFrom(...Object.values(good)).chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
    );
    const keys = ['ca.crt', 'ca.key', 'previous-ca.crt', 'tls.crt', 'tls.key'] as const;
    fc.assert(
      fc.property(fc.tuple(piece, piece, piece, piece, piece), (values) => {
        const strange: Material = { ...good, ...Object.fromEntries(keys.map((key, index) => [key, values[index]])) };
        const { authority: found, leaf, flaws } = examine(strange, EXPECTED);
        if (leaf !== undefined)
          expect([good['tls.crt']]).toContain(strange['tls.crt'].trim() === '' ? '' : good['tls.crt']);
        if (found === undefined) expect(flaws.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  function leafFor(names: readonly string[], now = NOW): Partial<Material> {
    const { certificate, key } = serving(ca, { now }, names);
    return { 'tls.crt': certificate, 'tls.key': key };
  }

  function unfit(): Partial<Material> {
    const { certificate, key } = foreign('somebody', [{ name: 'keyUsage', digitalSignature: true }]);
    return { 'tls.crt': certificate, 'tls.key': key };
  }
});

describe('a caBundle', () => {
  it('gives the CAs of ours that are good, each once', () => {
    const stale = authority({ life: DAY });
    const text = `# ours\n${ca.certificate}${foreign('somebody', CA_EXTENSIONS).certificate}${old.certificate}garbage${ca.certificate}${stale.certificate}`;
    const found = authoritiesIn(text, { now: NOW + 2 * DAY, leastBits: 2048 });
    expect(found.map(({ pem }) => pem)).toEqual([ca.certificate, old.certificate]);
    expect(authoritiesIn('', EXPECTED)).toEqual([]);
  });

  it('says who issued a certificate whose CA the Secret has lost, which stays a flaw', () => {
    const others = authoritiesIn(old.certificate, EXPECTED);
    const examined = examine(materialOf(ca, serving(old)), { ...EXPECTED, others });
    expect(examined.leaf?.issuer).toBe(idOf(old.certificate));
    expect(examined.flaws).toEqual(['tls.crt was issued by a CA that the Secret has lost']);
  });
});

it('a Service has two names', () => {
  expect(namesOf('weir-webhook', 'weir-system')).toEqual(NAMES);
  expect(material()['previous-ca.crt']).toBe('');
});
