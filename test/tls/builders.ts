import { randomBytes } from 'node:crypto';
import {
  type AuthorityName,
  type Making,
  makeAuthority,
  makeServing,
  type Pair,
  type Served,
} from '../../src/tls/x509.ts';
import { keysFromStock } from './keys.ts';

export const NOW = Date.UTC(2026, 0, 1);
export const DAY = 24 * 3600 * 1000;
export const LIFE = 90 * DAY;

export const NAME: AuthorityName = { organization: 'example.com', commonName: 'example CA' };
export const SERVED: Served = { names: ['web.shop.svc', 'web.shop.svc.cluster.local'], title: 'example' };

export function making(changes: Partial<Making> = {}): Making {
  return { keys: keysFromStock(), now: NOW, life: LIFE, randomBytes, ...changes };
}

export function authority(changes: Partial<Making> = {}): Pair {
  return makeAuthority(NAME, making(changes));
}

export function serving(from: Pair, changes: Partial<Making> = {}, served: Partial<Served> = {}): Pair {
  return makeServing({ ...SERVED, ...served }, from, making(changes));
}
