import { describe, expect, it } from '@jest/globals';
import {
  kafkaSecurity,
  netProtocol,
  netSecrets,
  type SecurityData,
} from '../../../src/knative/eventing/kafkaSecurity.ts';

const CERT = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n';
const PKCS1 = '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n';
const USER = { user: 'ana', password: 'hunter2' };

describe('what a Secret says of reaching Kafka', () => {
  it.each<[title: string, data: SecurityData, security: object]>([
    ['nothing is asked for', { protocol: 'PLAINTEXT', ...USER }, {}],
    [
      'a user, by PLAIN unless said',
      { protocol: 'SASL_PLAINTEXT', ...USER },
      { sasl: { mechanism: 'PLAIN', username: 'ana', password: 'hunter2' } },
    ],
    [
      'a user by SCRAM, over TLS',
      { protocol: 'SASL_SSL', ...USER, 'sasl.mechanism': 'SCRAM-SHA-512', 'ca.crt': CERT },
      { sasl: { mechanism: 'SCRAM-SHA-512', username: 'ana', password: 'hunter2' }, tls: { ca: CERT } },
    ],
    [
      'a certificate',
      { protocol: 'SSL', 'ca.crt': CERT, 'user.crt': CERT, 'user.key': KEY },
      { tls: { ca: CERT, cert: CERT, key: KEY } },
    ],
    ['TLS alone', { protocol: 'SSL', 'user.skip': 'true' }, { tls: {} }],
  ])('%s', (_, data, security) => {
    expect(kafkaSecurity(data)).toEqual({ ok: true, security });
  });

  it.each<[data: SecurityData, problem: string]>([
    [{}, 'protocol required (key: protocol)'],
    [{ protocol: 'TLS' }, 'the protocol is unsupported'],
    [{ protocol: 'SASL_PLAINTEXT', password: 'hunter2' }, 'SASL user required (key: user)'],
    [{ protocol: 'SASL_PLAINTEXT', user: 'ana' }, 'SASL password required (key: password)'],
    [{ protocol: 'SASL_PLAINTEXT', ...USER, 'sasl.mechanism': 'OAUTHBEARER' }, 'unsupported SASL mechanism'],
    [{ protocol: 'SSL', 'ca.crt': 'hunter2', 'user.skip': 'true' }, 'failed to parse CA certificates'],
    [{ protocol: 'SSL', 'user.crt': CERT }, 'required user key (key: user.key)'],
    [{ protocol: 'SSL', 'user.key': KEY }, 'required user key (key: user.crt)'],
    [{ protocol: 'SSL', 'user.key': 'hunter2', 'user.crt': CERT }, 'no PEM (key: user.key)'],
    [{ protocol: 'SSL', 'user.key': PKCS1, 'user.crt': CERT }, "'PKCS #1' format is not supported"],
  ])('%j is refused without a word of what stands there', (data, problem) => {
    const read = kafkaSecurity(data);
    expect(read).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
    expect(JSON.stringify(read)).not.toContain('hunter2');
  });
});

describe('the net of a KafkaSource', () => {
  const ref = (name: string) => ({ secretKeyRef: { name, key: `${name}-key` } });

  it('names keys of Secrets', () => {
    const source = {
      spec: {
        net: {
          sasl: { enable: true, user: ref('u'), password: ref('p'), type: ref('t') },
          tls: { enable: true, caCert: ref('ca'), cert: {}, key: { secretKeyRef: { key: 'x' } } },
        },
      },
    };
    expect(netProtocol(source)).toBe('SASL_SSL');
    expect(netSecrets(source)).toEqual([
      { as: 'ca.crt', name: 'ca', key: 'ca-key' },
      { as: 'sasl.mechanism', name: 't', key: 't-key' },
      { as: 'user', name: 'u', key: 'u-key' },
      { as: 'password', name: 'p', key: 'p-key' },
    ]);
  });

  it.each<[sasl: boolean, tls: boolean, protocol: string]>([
    [false, false, 'PLAINTEXT'],
    [true, false, 'SASL_PLAINTEXT'],
    [false, true, 'SSL'],
  ])('with sasl %s and tls %s is %s', (sasl, tls, protocol) => {
    expect(netProtocol({ spec: { net: { sasl: { enable: sasl }, tls: { enable: tls } } } })).toBe(protocol);
  });
});
