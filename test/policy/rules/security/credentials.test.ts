import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import { securityCredential } from '../../../../src/policy/rules/security/credential.ts';
import { securitySecretInGit } from '../../../../src/policy/rules/security/secretInGit.ts';
import { securityUrlPassword } from '../../../../src/policy/rules/security/urlPassword.ts';
import { aPolicy, aService, judgeBy, messages, paths } from '../../builders.ts';

const VALUE = 'hunter2';

function withVariable(name: string, value: JsonValue): JsonObject {
  return aService({
    container: {
      env: [
        { name: 'TARGET', value: 'x' },
        { name, value },
      ],
    },
  });
}

function aConfigMap(data: JsonValue): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cart', namespace: 'shop' }, data };
}

describe('security/credential', () => {
  const refer = 'refer to a Secret with valueFrom.secretKeyRef';

  it.each<[string, JsonObject, string[]]>([
    [
      'a password',
      withVariable('DB_PASSWORD', VALUE),
      [`the variable DB_PASSWORD of container 1 holds a credential, by its name; ${refer}`],
    ],
    ['no password', withVariable('TARGET', VALUE), []],
    ['a reference', withVariable('DB_PASSWORD', '$(OTHER)'), []],
    ['a number, which Kubernetes refuses', withVariable('DB_PASSWORD', 12345), []],
    [
      'a token by its form',
      withVariable('X', `ghp_${'a1'.repeat(20)}`),
      [`the variable X of container 1 holds a GitHub token; ${refer}`],
    ],
    [
      'a random key',
      withVariable('HMAC_KEY', 'q7Rk2mVx9sLw4tYb8nZc3pHd6gJf1aQe'),
      [`the variable HMAC_KEY of container 1 holds a key, by its name and form; ${refer}`],
    ],
    [
      'a connection string',
      withVariable('DB', `Server=db;Password=${VALUE}`),
      [`the variable DB of container 1 holds a connection string with a password; ${refer}`],
    ],
    ['a URL, which security/url-password finds', withVariable('DB_SECRET', `postgres://a:${VALUE}@db`), []],
    [
      'an option with =',
      aService({ container: { args: ['--port=80', `--db-password=${VALUE}`] } }),
      ['the option --db-password of container 1 holds a credential, by its name; put it in a Secret'],
    ],
    [
      'an option before its value',
      aService({ container: { command: ['run', '--token', VALUE] } }),
      ['the option --token of container 1 holds a credential, by its name; put it in a Secret'],
    ],
    ['an option with a reference', aService({ container: { args: ['--token', '$(TOKEN)'] } }), []],
    [
      'an entry of a ConfigMap',
      aConfigMap({ 'db.password': VALUE, other: 'x' }),
      ['the entry db.password of ConfigMap cart holds a credential, by its name; put it in a Secret'],
    ],
    ['nonsense', aService({ container: { env: 'PASSWORD', args: { a: 1 }, command: [null, 7] } }), []],
    ['a ConfigMap of nonsense', aConfigMap([VALUE]), []],
  ])('%s', (_, object, expected) => {
    const findings = judgeBy(securityCredential, object);
    expect(messages(findings)).toEqual(expected);
    expect(JSON.stringify(findings)).not.toContain(VALUE);
  });

  it('has a fix that refers to a Secret and holds no value', () => {
    const findings = judgeBy(securityCredential, withVariable('DB_PASSWORD', VALUE));
    const valueFrom = { secretKeyRef: { name: 'cart-secrets', key: 'db-password' } };
    expect(paths(findings)).toEqual(['/spec/template/spec/containers/0/env/1/value']);
    expect(findings[0]?.fix).toEqual([
      { op: 'replace', path: '/spec/template/spec/containers/0/env/1', value: { name: 'DB_PASSWORD', valueFrom } },
    ]);
  });
});

describe('security/url-password', () => {
  it.each<[string, JsonObject, string[]]>([
    [
      'a variable',
      withVariable('DATABASE_URL', `postgres://cart:${VALUE}@db/cart`),
      [
        'the variable DATABASE_URL of container 1 holds a postgres URL with a password; refer to a Secret with valueFrom.secretKeyRef',
      ],
    ],
    [
      'an argument',
      aService({ container: { args: [`https://a:${VALUE}@git.example.com`] } }),
      ['argument 1 of container 1 holds a https URL with a password; put it in a Secret'],
    ],
    [
      'a file in a ConfigMap',
      aConfigMap({ 'app.yaml': `log: info\ndb: "amqp://a:${VALUE}@mq"\n` }),
      ['the entry app.yaml of ConfigMap cart holds a amqp URL with a password; put it in a Secret'],
    ],
    ['no password', withVariable('DATABASE_URL', 'postgres://us-east-db:5432/api'), []],
  ])('%s', (_, object, expected) => {
    const findings = judgeBy(securityUrlPassword, object);
    expect(messages(findings)).toEqual(expected);
    expect(JSON.stringify(findings)).not.toContain(VALUE);
  });
});

describe('security/secret-in-git', () => {
  function aSecret(fields: JsonObject, metadata: JsonObject = {}): JsonObject {
    return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', ...metadata }, type: 'Opaque', ...fields };
  }
  const message = 'Secret db stands in the manifest in the clear; let a SealedSecret or an ExternalSecret make it';
  const data = { password: 'aHVudGVyMg==' };

  it.each<[string, JsonObject, string[]]>([
    ['data', aSecret({ data }), [message]],
    ['stringData', aSecret({ stringData: { password: VALUE } }), [message]],
    ['nothing', aSecret({}), []],
    ['empty entries', aSecret({ data: { password: '' } }), []],
    ['a placeholder', aSecret({ stringData: { password: `$\{PASSWORD}` } }), []],
    ['what SOPS encrypted', aSecret({ data, sops: { version: '3.9' } }), []],
    ['what an API server has seen', aSecret({ data }, { uid: 'x' }), []],
    ['nonsense', aSecret({ data: 'x', stringData: [1] }), []],
  ])('%s', (_, secret, expected) => {
    const findings = judgeBy(securitySecretInGit, secret);
    expect(messages(findings)).toEqual(expected);
    expect(JSON.stringify(findings)).not.toMatch(/aHVudGVyMg|hunter2/);
  });

  it('is silent at the API', () => {
    const user = { name: 'alice', groups: [] };
    expect(judgeBy(securitySecretInGit, aSecret({ data }), aPolicy(), { user })).toEqual([]);
  });
});
