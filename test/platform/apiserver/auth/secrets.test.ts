import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signedToken, verifiedClaims } from '../../../../src/platform/apiserver/auth/tokens/jwt.ts';
import { secretsIn } from '../../../../src/platform/apiserver/auth/tokens/secrets.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the secrets of a platform', () => {
  it('are made once, for their owner alone', async () => {
    const first = await secretsIn(folder, randomBytes);
    expect(first.administratorToken).toMatch(/^[0-9a-f]{64}$/);
    for (const file of ['administrator.token', 'serviceaccounts.key']) {
      expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600);
    }
    const second = await secretsIn(folder, randomBytes);
    expect(second.administratorToken).toBe(first.administratorToken);
    const token = signedToken({ sub: 'x' }, first.key);
    expect(verifiedClaims(token, second.key)).toEqual({ sub: 'x' });
  });

  it('are others in another folder', async () => {
    const one = await secretsIn(path.join(folder, 'one'), randomBytes);
    const other = await secretsIn(path.join(folder, 'other'), randomBytes);
    expect(other.administratorToken).not.toBe(one.administratorToken);
    expect(verifiedClaims(signedToken({}, one.key), other.key)).toBeUndefined();
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  it.each([
    ['administrator.token', 'short', /administrator\.token holds no token of 64 hexadecimal digits; delete it/],
    ['serviceaccounts.key', 'nothing', /serviceaccounts\.key holds no private key on the curve P-256; delete it/],
    [
      'serviceaccounts.key',
      rsa.export({ type: 'pkcs8', format: 'pem' }).toString(),
      /no private key on the curve P-256/,
    ],
  ])('that are something else are told and left alone: %s', async (file, text, message) => {
    await secretsIn(folder, randomBytes);
    writeFileSync(path.join(folder, file), text);
    await expect(secretsIn(folder, randomBytes)).rejects.toThrow(message);
    expect(readFileSync(path.join(folder, file), 'utf8')).toBe(text);
  });
});
