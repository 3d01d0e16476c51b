import { describe, expect, it } from '@jest/globals';
import {
  hasPasswordField,
  isLiteral,
  knownToken,
  looksRandom,
  namesKey,
  namesSecret,
  urlsWithPassword,
} from '../../../../src/policy/rules/security/secretValues.ts';
import { expectGrowsWithSize } from '../../../growth.ts';

/** `${NAME}`, as shells and Kustomize plugins write it. */
const braces = (name: string) => `$\{${name}}`;

describe('namesSecret', () => {
  it.each(
    `DB_PASSWORD PASSWORD db.password dbPassword DB_PASSWORD_PROD MYSQL_PWD JWT_SECRET CLIENT_SECRET TOKEN
    GITHUB_TOKEN API_KEY apiKey apikey AWS_SECRET_ACCESS_KEY SECRET_KEY_BASE --api-key SSH_PASSPHRASE`.split(/\s+/),
  )('%s names one', (name) => {
    expect(namesSecret(name)).toBe(true);
  });

  it.each(
    `TARGET LOG_LEVEL PASSWORD_FILE TOKEN_TTL TOKEN_URL SECRET_NAME MAX_TOKEN USE_PASSWORD API_KEY_HEADER PASSWORD_MIN_LENGTH
    TOKENIZER TOKENS AWS_ACCESS_KEY_ID PUBLIC_KEY NEXT_PUBLIC_API_KEY JWT_SECRET_NAME SECRETARY CACHE_KEY ISSUER_TOKEN_ENDPOINT`.split(
      /\s+/,
    ),
  )('%s names none', (name) => {
    expect(namesSecret(name)).toBe(false);
  });

  it('does not look at endless names', () => {
    expect(namesSecret('PASSWORD'.repeat(1000))).toBe(false);
  });
});

describe('isLiteral', () => {
  it.each(['hunter2', '12345', 'postgres', 'p@$$w0rd', ' x '])('%s', (value) => {
    expect(isLiteral(value)).toBe(true);
  });

  it.each([
    '',
    'true',
    'None',
    '$(DB_PASSWORD)',
    braces('DB_PASSWORD'),
    '{{ .Values.password }}',
    '<your password>',
    '********',
    'xxxx',
    'ENC[AES256_GCM,data:x]',
    'vault:secret/data/db#password',
    '/run/secrets/password',
    'https://auth.example.com/token',
    'db-credentials',
    'cart-secrets',
  ])('not %s', (value) => {
    expect(isLiteral(value)).toBe(false);
  });
});

describe('knownToken', () => {
  const hex = 'abcdef0123456789'.repeat(5);

  it.each([
    [`AKIA${hex.slice(0, 16).toUpperCase()}`, 'an AWS access key'],
    [`ghp_${hex.slice(0, 36)}`, 'a GitHub token'],
    [`glpat-${hex.slice(0, 20)}`, 'a GitLab token'],
    [`eyJ${hex.slice(0, 12)}.eyJ${hex.slice(0, 12)}.${hex}`, 'a JSON Web Token'],
    [`-----BEGIN RSA PRIVATE KEY-----\n${hex}`, 'a private key'],
    [`-----BEGIN PRIVATE KEY-----\n${hex}`, 'a private key'],
    [`-----BEGIN CERTIFICATE-----\n${hex}`, undefined],
    ['ghp_short', undefined],
    [`AKIA is the start of ${hex}`, undefined],
    ['registry.example.com/shop/cart', undefined],
    [hex, undefined],
  ])('%s is %s', (value, expected) => {
    expect(knownToken(value)).toBe(expected);
  });
});

describe('a key by its form', () => {
  it.each([
    ['ENCRYPTION_KEY', true],
    ['KEY', true],
    ['PUBLIC_KEY', false],
    ['PARTITION_KEY', false],
    ['KEY_ID', false],
  ])('%s', (name, expected) => {
    expect(namesKey(name)).toBe(expected);
  });

  it.each([
    ['q7Rk2mVx9sLw4tYb8nZc3pHd6gJf1aQe', true],
    ['orders', false],
    ['the-quick-brown-fox-jumps-over-the-dog-1', false],
    ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1', false],
    ['short1', false],
  ])('%s', (value, expected) => {
    expect(looksRandom(value)).toBe(expected);
  });
});

describe('urlsWithPassword', () => {
  it.each([
    ['postgres://cart:hunter2@db:5432/cart', ['postgres']],
    ['see https://a:b@x.example and amqp://c:d@y.example', ['https', 'amqp']],
    ['redis://:hunter2@cache:6379', ['redis']],
    ['postgres://cart@db/cart', []],
    ['postgres://cart:@db/cart', []],
    ['postgres://cart:$(DB_PASSWORD)@db/cart', []],
    [`postgres://cart:${braces('DB_PASSWORD')}@db/cart`, []],
    ['postgres://cart:<password>@db/cart', []],
    ['postgres://us-east-db:5432/api', []],
    ['http://broker-ingress.knative-eventing.svc.cluster.local/default/default', []],
    ['https://example.com/a:b@c', []],
    ['https://example.com?user=a:b@c', []],
    ['://', []],
    ['no URL: a:b@c', []],
  ])('%s', (text, expected) => {
    expect(urlsWithPassword(text)).toEqual(expected);
  });

  it.each<[string, (size: number) => string]>([
    ['many beginnings', (size) => '://'.repeat(size)],
    ['a long beginning', (size) => `://${'a'.repeat(3 * size)}`],
  ])('takes a time over %s that grows with their length alone', (_, textOf) => {
    expectGrowsWithSize(20_000, textOf, urlsWithPassword);
  });
});

describe('hasPasswordField', () => {
  it.each([
    ['Server=db;User Id=sa;Password=hunter2;', true],
    ['host=db password=hunter2 user=cart', true],
    ['pwd=hunter2', true],
    ['Server=db;Password=$(DB_PASSWORD)', false],
    ['--no-password=true', false],
    ['Server=db', false],
  ])('%s', (text, expected) => {
    expect(hasPasswordField(text)).toBe(expected);
  });
});
