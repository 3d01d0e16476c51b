/** The serving certificate from two files, such as cert-manager writes, and again whenever they change. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../../src/policy/load/reason.ts';
import type { Logger } from '../../src/process/log.ts';
import { type FolderWatch, type WatchOptions, watchFolder } from '../../src/process/policies/watchFolder.ts';
import { StartFailure } from '../../src/process/startFailure.ts';
import type { CertificateSource, ServingCertificate } from '../dependencies.ts';

export interface CertificateFilesOptions {
  /** PEM: the serving certificate first, then those between it and its CA. */
  readonly certificate: string;
  /** PEM, unencrypted. */
  readonly key: string;
  readonly log: Logger;
  readonly watch?: WatchOptions;
}

export class CertificateFiles implements CertificateSource {
  readonly #options: CertificateFilesOptions;
  readonly #listeners: ((certificate: ServingCertificate) => void)[] = [];
  #current: ServingCertificate;
  /** Told once. */
  #problem: string | undefined;
  #watches: readonly FolderWatch[] = [];

  static async open(options: CertificateFilesOptions): Promise<CertificateFiles> {
    const current = await readPair(options);
    if (typeof current === 'string') throw new StartFailure(current);
    return new CertificateFiles(options, current);
  }

  private constructor(options: CertificateFilesOptions, current: ServingCertificate) {
    this.#options = options;
    this.#current = current;
  }

  current(): ServingCertificate {
    return this.#current;
  }

  onChange(listener: (certificate: ServingCertificate) => void): void {
    this.#listeners.push(listener);
  }

  /** Follows the files until it is closed. */
  watch(): void {
    if (this.#watches.length > 0) return;
    const { certificate, key, watch } = this.#options;
    const folders = new Set([path.dirname(certificate), path.dirname(key)]);
    this.#watches = [...folders].map((folder) => watchFolder(folder, () => this.reload(), watch));
  }

  close(): void {
    for (const each of this.#watches) each.close();
    this.#watches = [];
  }

  /** Takes over a pair that fits together; one half of a pair is not there yet, and the old one serves on. */
  async reload(): Promise<void> {
    const next = await readPair(this.#options);
    if (typeof next === 'string') {
      if (next !== this.#problem) this.#options.log.warn({ reason: next }, 'the old certificate serves on');
      this.#problem = next;
      return;
    }
    this.#problem = undefined;
    if (next.certificate === this.#current.certificate && next.key === this.#current.key) return;
    this.#current = next;
    for (const listener of this.#listeners) listener(next);
  }
}

/** The pair, or the sentence that says why it cannot serve. */
async function readPair({
  certificate: certificateFile,
  key: keyFile,
}: CertificateFilesOptions): Promise<ServingCertificate | string> {
  const certificate = await readText(certificateFile);
  if (typeof certificate !== 'string') return unreadable(certificateFile, certificate.error);
  const key = await readText(keyFile);
  if (typeof key !== 'string') return unreadable(keyFile, key.error);

  const parsed = parsedOr(() => new X509Certificate(certificate));
  if (parsed === undefined) return `${certificateFile} holds no certificate in PEM`;
  const privateKey = parsedOr(() => createPrivateKey(key));
  if (privateKey === undefined) return `${keyFile} holds no private key in PEM, or one with a passphrase`;
  if (!parsed.checkPrivateKey(privateKey)) return `${keyFile} is not the key of the certificate in ${certificateFile}`;
  return { certificate, key, expiresAt: new Date(parsed.validTo) };
}

async function readText(file: string): Promise<string | { readonly error: unknown }> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    return { error };
  }
}

function unreadable(file: string, error: unknown): string {
  return `${file} cannot be read: ${reasonOf(error)}`;
}

/** What is read may be a key: nothing of an error that could quote it goes on. */
function parsedOr<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
