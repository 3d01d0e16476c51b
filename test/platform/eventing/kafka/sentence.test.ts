import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { kafkaSentence } from '../../../../src/platform/eventing/kafka/sentence.ts';

const ACCESS = {
  servers: ['a:9092', 'b:9092'],
  security: { sasl: { mechanism: 'PLAIN', username: 'ana', password: 'hunter2' } },
} as const;

function error(message: string, code: string, rest: object = {}): Error {
  return Object.assign(new Error(message), { code, ...rest });
}

describe('what goes wrong with a Kafka', () => {
  it.each<[failure: unknown, sentence: string]>([
    [
      error('metadata failed 3 times.', 'PLT_KFK_MULTIPLE', {
        errors: [error('Cannot connect.', 'PLT_KFK_NETWORK', { cause: error('connect', 'ECONNREFUSED') })],
      }),
      'no Kafka answers at a:9092, b:9092: the connection is refused; is it started, and is this its address?',
    ],
    [
      error('x', 'PLT_KFK_NETWORK', { cause: error('x', 'ENOTFOUND') }),
      'no Kafka answers at a:9092, b:9092: its name does not resolve',
    ],
    [error('x', 'PLT_KFK_TIMEOUT'), 'Kafka at a:9092, b:9092 does not answer: x'],
    [
      error('SASL authentication failed.', 'PLT_KFK_AUTHENTICATION'),
      'refused the credentials: SASL authentication failed.',
    ],
    [error('Unknown topic orders.', 'PLT_KFK_USER'), 'there is no topic orders at a:9092, b:9092; create it'],
    [
      error('x', 'PLT_KFK_PROTOCOL', { apiId: 'TOPIC_AUTHORIZATION_FAILED' }),
      'does not allow it (TOPIC_AUTHORIZATION_FAILED)',
    ],
    [
      error('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
      'the TLS of Kafka at a:9092, b:9092 is not accepted',
    ],
    [error('out of order', 'PLT_KFK_RESPONSE'), 'Kafka at a:9092, b:9092 is not to be worked with: out of order'],
    ['a text', 'is not to be worked with: a text'],
    [null, 'is not to be worked with: null'],
  ])('%s is a sentence', (failure, sentence) => {
    expect(kafkaSentence(failure, ACCESS)).toContain(sentence);
  });

  it('never says what stands in a Secret', () => {
    expect(kafkaSentence(error('user ana with hunter2', 'PLT_KFK_AUTHENTICATION'), ACCESS)).not.toContain('hunter2');
  });

  it('has an end also where errors are their own causes', () => {
    const endless = error('round', 'X');
    Object.assign(endless, { cause: endless, errors: [endless] });
    expect(kafkaSentence(endless, ACCESS)).toContain('round');
  });
});

it('loads the client in one place alone, and only when it is asked for', () => {
  const files = ['src', 'controllers', 'webhooks'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.join(root, name)),
  );
  const loading = files.filter((file) =>
    /^import (?!type )[^;]*@platformatic\/kafka/m.test(readFileSync(file, 'utf8')),
  );
  expect(loading).toEqual([]);
  const asking = files.filter((file) => /import\('@platformatic\/kafka'\)/.test(readFileSync(file, 'utf8')));
  expect(asking).toEqual(['src/platform/eventing/kafka/library.ts']);
});
