/** A CA and a serving certificate that are kept in a folder, and made anew before they end. */
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import path from 'node:path';
import { readPrivate, writePrivate } from './privateFile.ts';
import {
  type AuthorityName,
  type KeyPair,
  type Making,
  makeAuthority,
  makeKeys,
  makeServing,
  type Pair,
  type Served,
} from './x509.ts';

/** What a server on this machine alone is called. */
export const LOOPBACK: Served = { names: ['localhost'], addresses: ['127.0.0.1', '::1'], title: 'localhost' };

const BITS = 2048;
const DAY = 24 * 3600 * 1000;
const AUTHORITY_LIFE = 3650 * DAY;
const SERVING_LIFE = 365 * DAY;
const AUTHORITY_FILE = 'ca';
const SERVING_FILE = 'server';

export interface Clock {
  now(): Date;
  /** Calls back once after the milliseconds; the result calls it off. */
  after(milliseconds: number, callback: () => void): () => void;
}

export interface FolderOptions {
  /** Made where it is missing. */
  readonly folder: string;
  readonly authority: AuthorityName;
  readonly served: Served;
  readonly clock: Clock;
  /** For each certificate that is made; RSA 2048 unless set. */
  readonly makeKeys?: () => Promise<KeyPair>;
}

export interface ServerCertificate extends Pair {
  /** What clients trust: the CA's certificate as PEM. */
  readonly authority: string;
  /** What is new since it was last asked for; a new CA must be told to clients. */
  readonly made: 'authority' | 'certificate' | 'nothing';
}

/**
 * What is in the folder, where that is good for more than a third of its life; else it is made: `ca.crt`, `ca.key`,
 * `server.crt`, `server.key`, all for their owner alone.
 *
 * @throws Error with a sentence for the user where the folder cannot be read or written
 */
export async function serverCertificateIn({ folder, ...wanted }: FolderOptions): Promise<ServerCertificate> {
  const now = wanted.clock.now().getTime();
  const [keptAuthority, keptServing] = await Promise.all([
    readPair(folder, AUTHORITY_FILE),
    readPair(folder, SERVING_FILE),
  ]);

  if (keptAuthority !== undefined && isGoodAuthority(keptAuthority, now)) {
    const authority = keptAuthority.certificate;
    if (keptServing !== undefined && isGoodServing(keptServing, keptAuthority, wanted.served, now)) {
      return { ...keptServing, authority, made: 'nothing' };
    }
    const serving = makeServing(wanted.served, keptAuthority, await making(wanted, now, SERVING_LIFE));
    await writePair(folder, SERVING_FILE, serving);
    return { ...serving, authority, made: 'certificate' };
  }

  const [forAuthority, forServing] = await Promise.all([
    making(wanted, now, AUTHORITY_LIFE),
    making(wanted, now, SERVING_LIFE),
  ]);
  const authority = makeAuthority(wanted.authority, forAuthority);
  const serving = makeServing(wanted.served, authority, forServing);
  // the CA first: what follows from it is looked at again at the next start
  await writePair(folder, AUTHORITY_FILE, authority);
  await writePair(folder, SERVING_FILE, serving);
  return { ...serving, authority: authority.certificate, made: 'authority' };
}

/**
 * Looks at the folder once a day, and tells of what it had to make there. The result ends it.
 *
 * @param failed takes what cannot be made; it is tried again the next day
 */
export function renewDaily(
  options: FolderOptions,
  changed: (certificate: ServerCertificate) => void,
  failed: (error: unknown) => void,
): () => void {
  let callOff = (): void => {};
  let isOver = false;
  const look = async (): Promise<void> => {
    try {
      const certificate = await serverCertificateIn(options);
      if (!isOver && certificate.made !== 'nothing') changed(certificate);
    } catch (error) {
      if (!isOver) failed(error);
    }
    wait();
  };
  const wait = (): void => {
    if (!isOver) callOff = options.clock.after(DAY, () => void look());
  };
  wait();
  return () => {
    isOver = true;
    callOff();
  };
}

async function making({ makeKeys: make }: Pick<FolderOptions, 'makeKeys'>, now: number, life: number): Promise<Making> {
  return { keys: await (make ?? usualKeys)(), now, life, randomBytes };
}

function usualKeys(): Promise<KeyPair> {
  return makeKeys(BITS);
}

async function readPair(folder: string, name: string): Promise<Pair | undefined> {
  const [certificate, key] = await Promise.all([
    readPrivate(path.join(folder, `${name}.crt`)),
    readPrivate(path.join(folder, `${name}.key`)),
  ]);
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

/** A crash between the two leaves a pair that does not fit, which is made anew. */
async function writePair(folder: string, name: string, { certificate, key }: Pair): Promise<void> {
  await writePrivate(path.join(folder, `${name}.key`), key);
  await writePrivate(path.join(folder, `${name}.crt`), certificate);
}

function isGoodAuthority(pair: Pair, now: number): boolean {
  const certificate = matching(pair);
  return certificate?.ca === true && isFresh(certificate, now) && certificate.verify(certificate.publicKey);
}

function isGoodServing(pair: Pair, authority: Pair, served: Served, now: number): boolean {
  const certificate = matching(pair);
  const issuer = matching(authority);
  if (certificate === undefined || issuer === undefined || !isFresh(certificate, now)) return false;
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return false;
  return (
    served.names.every((name) => certificate.checkHost(name) !== undefined) &&
    (served.addresses ?? []).every((address) => certificate.checkIP(address) !== undefined)
  );
}

/** The certificate, where it can be read and the key is its own. */
function matching({ certificate, key }: Pair): X509Certificate | undefined {
  try {
    const read = new X509Certificate(certificate);
    return read.checkPrivateKey(createPrivateKey(key)) ? read : undefined;
  } catch {
    return undefined;
  }
}

/** Begun, and with more than a third of its life before it. */
function isFresh({ validFromDate, validToDate }: X509Certificate, now: number): boolean {
  const [from, until] = [validFromDate.getTime(), validToDate.getTime()];
  return from <= now && until - now > (until - from) / 3;
}
