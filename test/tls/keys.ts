/** Keys, which are slow to make, so that tests take turns with a few. */
import { generateKeyPairSync } from 'node:crypto';
import type { KeyPair } from '../../src/tls/x509.ts';

const stock: KeyPair[] = [];
let taken = 0;

/** Names tell CAs apart, so that two may have one key. */
export function keysFromStock(): KeyPair {
  const index = taken++ % 6;
  const pair = stock[index] ?? generateKeyPairSync('rsa', { modulusLength: 2048 });
  stock[index] = pair;
  return pair;
}
