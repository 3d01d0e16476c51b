/** The Secret's new content, as a step asks for it. */
import { type Making, makeAuthority, makeServing, type Pair } from '../../src/tls/x509.ts';
import type { Write } from './decide.ts';
import type { Material } from './examine.ts';
import { AUTHORITY, SERVING_TITLE } from './names.ts';

export const EMPTY: Material = { 'ca.crt': '', 'ca.key': '', 'previous-ca.crt': '', 'tls.crt': '', 'tls.key': '' };

export interface Sources {
  readonly present: Material;
  readonly remembered: Material;
  /** DNS names of the serving certificate. */
  readonly names: readonly string[];
  /** Called once for each certificate. */
  readonly making: () => Making;
}

export function compose(step: Write, sources: Sources): Material {
  const authority = authorityFor(step, sources);
  const leaf = leafFor(step, authority, sources);
  return {
    'ca.crt': authority.certificate,
    'ca.key': authority.key,
    'previous-ca.crt': step.previous.map(({ pem }) => pem).join(''),
    'tls.crt': leaf.certificate,
    'tls.key': leaf.key,
  };
}

/** How many new key pairs the step takes. */
export function keysFor({ authority, leaf }: Write): number {
  return Number(authority === 'new') + Number(leaf === 'new');
}

function authorityFor({ authority }: Write, { present, remembered, making }: Sources): Pair {
  if (authority === 'new') return makeAuthority(AUTHORITY, making());
  const { 'ca.crt': certificate, 'ca.key': key } = authority === 'kept' ? present : remembered;
  return { certificate, key };
}

function leafFor({ leaf }: Write, authority: Pair, { present, remembered, names, making }: Sources): Pair {
  if (leaf === 'new') return makeServing({ names, title: SERVING_TITLE }, authority, making());
  if (leaf === 'none') return { certificate: '', key: '' };
  const { 'tls.crt': certificate, 'tls.key': key } = leaf === 'kept' ? present : remembered;
  return { certificate, key };
}
