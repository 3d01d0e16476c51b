/** The secrets of one platform, kept in its folder for their owner alone. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import path from 'node:path';
import { readPrivate, writePrivate } from '../../../../tls/privateFile.ts';
import { type SigningKey, signingKeyOf } from './jwt.ts';

const TOKEN_FILE = 'administrator.token';
const KEY_FILE = 'serviceaccounts.key';
/** 256 bits. */
const TOKEN_BYTES = 32;
const TOKEN = /^[0-9a-f]{64}$/;

export interface Secrets {
  readonly administratorToken: string;
  /** Signs the tokens of ServiceAccounts. */
  readonly key: SigningKey;
}

/**
 * Reads the secrets, and makes those that are not there.
 *
 * @throws Error with a sentence for the user where a file cannot be read or written, or holds something else
 */
export async function secretsIn(folder: string, randomBytes: (size: number) => Uint8Array): Promise<Secrets> {
  return {
    administratorToken: await tokenIn(path.join(folder, TOKEN_FILE), randomBytes),
    key: await keyIn(path.join(folder, KEY_FILE)),
  };
}

async function tokenIn(file: string, randomBytes: (size: number) => Uint8Array): Promise<string> {
  const kept = (await readPrivate(file))?.trim();
  if (kept !== undefined) {
    if (TOKEN.test(kept)) return kept;
    throw new Error(`${file} holds no token of 64 hexadecimal digits; delete it, and a new one is made`);
  }
  const token = Buffer.from(randomBytes(TOKEN_BYTES)).toString('hex');
  await writePrivate(file, `${token}\n`);
  return token;
}

async function keyIn(file: string): Promise<SigningKey> {
  const kept = await readPrivate(file);
  if (kept !== undefined) return signingKeyOf(parsedKey(file, kept));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writePrivate(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return signingKeyOf(privateKey);
}

function parsedKey(file: string, text: string): KeyObject {
  const key = readKey(text);
  if (key?.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw new Error(
    `${file} holds no private key on the curve P-256; delete it, and a new one is made (tokens of ServiceAccounts end)`,
  );
}

function readKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined; // what OpenSSL says of it could quote it
  }
}
