import { describe, expect, it } from '@jest/globals';
import { pullSecretOnly } from '../../src/audit/secrets.ts';
import { readDockerConfig } from '../../src/kubernetes/dockerConfig.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';

const PASSWORD = 'hunter2-of-the-shop';

function base64(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
}

function aSecret(type: string, data: JsonObject): JsonObject {
  const metadata = { name: 'regcred', namespace: 'shop', uid: 'u-1', resourceVersion: '7', managedFields: [] };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type, data };
}

const login = { auth: base64(`robot:${PASSWORD}`), username: 'robot', password: PASSWORD };

const CASES: readonly (readonly [string, JsonObject])[] = [
  ['logins', aSecret('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': base64({ auths: { 'r.io': login } }) })],
  [
    'logins in the old form',
    aSecret('kubernetes.io/dockercfg', { '.dockercfg': base64({ 'https://r.io/v1': login }) }),
  ],
  [
    'a login that lacks its half',
    aSecret('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': base64({ auths: { 'r.io': {} } }) }),
  ],
  ['no key', aSecret('kubernetes.io/dockerconfigjson', { password: base64(PASSWORD) })],
  ['what does not decode', aSecret('kubernetes.io/dockerconfigjson', { '.dockerconfigjson': base64(`{${PASSWORD}`) })],
  ['another type', aSecret('Opaque', { password: base64(PASSWORD) })],
];

describe('what an audit keeps of a Secret', () => {
  it.each(CASES)('with %s: the same verdict, and nothing that opens anything', (_, secret) => {
    const kept = pullSecretOnly(secret);
    expect(readDockerConfig(kept)).toEqual(readDockerConfig(secret));
    const text = JSON.stringify(kept);
    for (const value of Object.values(kept.data ?? {})) {
      expect(Buffer.from(String(value), 'base64').toString()).not.toContain(PASSWORD);
    }
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(base64(PASSWORD));
    expect(text).not.toContain(login.auth);
    expect(kept).toMatchObject({ type: secret.type, metadata: { name: 'regcred', namespace: 'shop', uid: 'u-1' } });
  });

  it('changes with nothing that says nothing', () => {
    const one = aSecret('Opaque', { password: base64('a') });
    const other = {
      ...one,
      metadata: { name: 'regcred', namespace: 'shop', uid: 'u-1', resourceVersion: '8' },
      data: {},
    };
    expect(pullSecretOnly(other)).toEqual(pullSecretOnly(one));
  });
});
