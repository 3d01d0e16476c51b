/** A cluster's Secret and one configuration in memory, for real time. */
import { performance } from 'node:perf_hooks';
import type { Material } from '../../../webhooks/certificates/examine.ts';
import type { CertificateStore, StoredConfiguration, StoredSecret } from '../../../webhooks/certificates/store.ts';

const CONFIGURATION = 'policy.weir.dev';

export class MemoryStore implements CertificateStore {
  readonly #listeners = new Set<() => void>();
  readonly #bundles: { readonly pem: string; readonly from: number }[] = [];
  readonly #authorities = new Set<string>();
  #secret: StoredSecret | undefined;
  #revision = 0;

  async secret(): Promise<StoredSecret | undefined> {
    return this.#secret;
  }

  async configurations(): Promise<readonly StoredConfiguration[]> {
    const version = String(this.#bundles.length);
    return [{ name: CONFIGURATION, version, generation: version, webhooks: [{ name: 'one', pem: this.#bundle() }] }];
  }

  async createSecret(material: Material): Promise<boolean> {
    if (this.#secret !== undefined) return false;
    this.#set(material, false);
    return true;
  }

  async replaceSecret(version: string, material: Material, answersRequest: boolean): Promise<boolean> {
    if (this.#secret?.version !== version) return false;
    this.#set(material, this.#secret.isRotationAsked && !answersRequest);
    return true;
  }

  async publish({ version }: StoredConfiguration, pem: string): Promise<boolean> {
    if (version !== String(this.#bundles.length)) return false;
    this.#bundles.push({ pem, from: performance.now() });
    this.#tell();
    return true;
  }

  watch(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  askForRotation(): void {
    if (this.#secret !== undefined) this.#set(this.#secret.material, true);
  }

  /** What an API server uses that is so far behind. */
  bundleAt(time: number): string | undefined {
    return this.#bundles.findLast(({ from }) => from <= time)?.pem;
  }

  /** No rotation is under way, and the caBundle says so. */
  isSettled(): boolean {
    const material = this.#secret?.material;
    return material?.['previous-ca.crt'] === '' && material['ca.crt'] === this.#bundle();
  }

  /** How many CAs there have been. */
  authorities(): number {
    return this.#authorities.size;
  }

  #bundle(): string {
    return this.#bundles.at(-1)?.pem ?? '';
  }

  #set(material: Material, isRotationAsked: boolean): void {
    this.#secret = { version: String(++this.#revision), material, isRotationAsked };
    this.#authorities.add(material['ca.crt']);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) setImmediate(listener);
  }
}
