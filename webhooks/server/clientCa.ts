/** Whose clients may ask for reviews: a bundle of CAs in a file, read again when it changes. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../../src/policy/load/reason.ts';
import type { Logger } from '../../src/process/log.ts';
import { type FolderWatch, type WatchOptions, watchFolder } from '../../src/process/policies/watchFolder.ts';
import { StartFailure } from '../../src/process/startFailure.ts';

/** The CAs of which one has to have signed a client's certificate. */
export interface ClientAuthorities {
  /** PEM. */
  bundle(): string;
  certificates(): readonly X509Certificate[];
  onChange(listener: () => void): void;
}

export interface ClientCaOptions {
  /** PEM: one certificate or more. */
  readonly file: string;
  readonly log: Logger;
  readonly watch?: WatchOptions;
}

interface Bundle {
  readonly pem: string;
  readonly certificates: readonly X509Certificate[];
}

export class ClientCa implements ClientAuthorities {
  readonly #options: ClientCaOptions;
  readonly #listeners: (() => void)[] = [];
  #current: Bundle;
  /** Told once. */
  #problem: string | undefined;
  #watch: FolderWatch | undefined;

  static async open(options: ClientCaOptions): Promise<ClientCa> {
    const current = await readBundle(options.file);
    if (typeof current === 'string') throw new StartFailure(current);
    return new ClientCa(options, current);
  }

  private constructor(options: ClientCaOptions, current: Bundle) {
    this.#options = options;
    this.#current = current;
  }

  bundle(): string {
    return this.#current.pem;
  }

  certificates(): readonly X509Certificate[] {
    return this.#current.certificates;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Follows the file until it is closed. */
  watch(): void {
    const { file, watch } = this.#options;
    this.#watch ??= watchFolder(path.dirname(file), () => this.reload(), watch);
  }

  close(): void {
    this.#watch?.close();
    this.#watch = undefined;
  }

  /** Takes a bundle over that can be read whole: with half of one, the other half's clients would be locked out. */
  async reload(): Promise<void> {
    const { file, log } = this.#options;
    const next = await readBundle(file);
    if (typeof next === 'string') {
      if (next !== this.#problem) log.warn({ reason: next }, 'clients are judged by the CAs of before');
      this.#problem = next;
      return;
    }
    this.#problem = undefined;
    if (next.pem === this.#current.pem) return;
    this.#current = next;
    log.info({ certificates: next.certificates.length }, 'clients are judged by other CAs from now on');
    for (const listener of this.#listeners) listener();
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The bundle, or the sentence that says why it is none. */
async function readBundle(file: string): Promise<Bundle | string> {
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (error) {
    return `${file} cannot be read: ${reasonOf(error)}`;
  }
  const texts = pem.match(CERTIFICATE) ?? [];
  if (texts.length === 0) return `${file} holds no certificate in PEM`;
  const certificates: X509Certificate[] = [];
  for (const [index, text] of texts.entries()) {
    const certificate = readCertificate(text);
    if (certificate === undefined) return `certificate ${index + 1} of ${texts.length} in ${file} cannot be read`;
    if (!certificate.ca) return `certificate ${index + 1} of ${texts.length} in ${file} is not that of a CA`;
    certificates.push(certificate);
  }
  return { pem: texts.join('\n'), certificates };
}

function readCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}
