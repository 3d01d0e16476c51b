import { describe, expect, it } from '@jest/globals';
import { loginFor, readDockerConfig } from '../../src/kubernetes/dockerConfig.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';

function aSecret(type: string, fields: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'regcred' }, type, ...fields };
}

const JSON_TYPE = 'kubernetes.io/dockerconfigjson';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const AUTHS = '{"auths":{"https://registry.example.com/v2/":{"auth":"eDp5"},"ghcr.io":{"username":"x"}}}';

describe('readDockerConfig', () => {
  it.each<[string, JsonObject, string]>([
    ['another type', aSecret('Opaque', { data: { '.dockerconfigjson': base64(AUTHS) } }), 'other type'],
    ['a type like a property of every object', aSecret('constructor', {}), 'other type'],
    ['no data', aSecret(JSON_TYPE, {}), 'no data'],
    ['no base64', aSecret(JSON_TYPE, { data: { '.dockerconfigjson': '%%%' } }), 'unreadable'],
    ['no JSON', aSecret(JSON_TYPE, { data: { '.dockerconfigjson': base64('{') } }), 'unreadable'],
    ['no auths', aSecret(JSON_TYPE, { data: { '.dockerconfigjson': base64('{}') } }), 'unreadable'],
    ['auths', aSecret(JSON_TYPE, { data: { '.dockerconfigjson': base64(AUTHS) } }), 'read'],
    ['the old form', aSecret('kubernetes.io/dockercfg', { stringData: { '.dockercfg': '{}' } }), 'read'],
  ])('%s', (_, secret, state) => {
    expect(readDockerConfig(secret)).toMatchObject({ state });
  });

  it('finds a registry behind schemes, paths and stars, and says whether the login is whole', () => {
    const config = readDockerConfig(aSecret(JSON_TYPE, { stringData: { '.dockerconfigjson': AUTHS } }));
    const logins = config.state === 'read' ? config.logins : [];
    expect(loginFor('registry.example.com', logins)).toEqual({ host: 'registry.example.com', isComplete: true });
    expect(loginFor('ghcr.io', logins)).toEqual({ host: 'ghcr.io', isComplete: false });
    expect(loginFor('example.com', logins)).toBeUndefined();

    const stars = [{ host: '*.example.com', isComplete: true }];
    expect(loginFor('eu.example.com', stars)).toBeDefined();
    expect(loginFor('a.eu.example.com', stars)).toBeUndefined();
  });
});
