/** The policies that hold now, read from a folder and read again when it changes. What cannot be used is refused whole. */
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { StartFailure } from '../startFailure.ts';
import { hashOf, readFolder, type Snapshot } from './folder.ts';
import { type FolderWatch, type WatchOptions, watchFolder } from './watchFolder.ts';

/** The policies that hold now; a reload replaces all of them at once. */
export interface PolicyStore {
  /** Undefined where no policy of the folder is called so. */
  policyFor(environment: string): EffectivePolicy | undefined;
  /** The environments that have a policy, sorted. */
  environments(): readonly string[];
  /** Says which policies judge: the first 12 hexadecimal digits of a SHA-256 over the files' names and contents. */
  hash(): string;
}

/** Hears what became of each change of the folder. */
export interface ReloadListener {
  /** @param gone environments that had a policy and have none any more: everything in them is denied from now on */
  accepted(hash: string, gone: readonly string[]): void;
  /** The last good policies stay. Told once for each state of the folder. */
  refused(errors: readonly string[]): void;
}

export interface FolderOptions {
  readonly folder: string;
  /** How the folder is named in errors and provenance. */
  readonly shownAs: string;
  readonly listener: ReloadListener;
  readonly watch?: WatchOptions;
}

export class PolicyFolder implements PolicyStore {
  readonly #options: FolderOptions;
  #current: Snapshot;
  /** The hash of the folder's state that was refused last. */
  #refused: string | undefined;
  #names: readonly string[];
  #watch: FolderWatch | undefined;
  readonly #listeners = new Set<() => void>();

  /** A StartFailure lists what is wrong with the folder: at the start there are no last good policies. */
  static async open(options: FolderOptions): Promise<PolicyFolder> {
    const snapshot = await readFolder(options.folder, options.shownAs);
    if (snapshot.errors.length > 0) {
      throw new StartFailure(`the policies cannot be used\n${snapshot.errors.map((error) => `  ${error}`).join('\n')}`);
    }
    return new PolicyFolder(options, snapshot);
  }

  private constructor(options: FolderOptions, snapshot: Snapshot) {
    this.#options = options;
    this.#current = snapshot;
    this.#names = [...snapshot.policies.keys()].sort();
  }

  policyFor(environment: string): EffectivePolicy | undefined {
    return this.#current.policies.get(environment);
  }

  environments(): readonly string[] {
    return this.#names;
  }

  hash(): string {
    return this.#current.hash;
  }

  /** Hears of each change that was taken; the result ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Follows the folder until it is closed. */
  watch(): void {
    const { folder, watch } = this.#options;
    this.#watch ??= watchFolder(folder, () => this.reload(), watch);
  }

  close(): void {
    this.#watch?.close();
    this.#watch = undefined;
  }

  /** Looks at the folder, and takes over what it holds where that is new and can be used. */
  async reload(): Promise<void> {
    const { folder, shownAs, listener } = this.#options;
    const hash = await hashOf(folder);
    if (hash === this.#current.hash) {
      this.#takeBack();
      return;
    }
    if (hash === this.#refused) return;

    const snapshot = await readFolder(folder, shownAs);
    if (snapshot.hash === this.#current.hash) {
      this.#takeBack();
      return;
    }
    if (snapshot.errors.length > 0) {
      this.#refused = snapshot.hash;
      listener.refused(snapshot.errors);
      return;
    }
    this.#refused = undefined;
    const gone = this.#names.filter((name) => !snapshot.policies.has(name));
    this.#current = snapshot;
    this.#names = [...snapshot.policies.keys()].sort();
    listener.accepted(snapshot.hash, gone);
    for (const hear of [...this.#listeners]) hear();
  }

  /** The folder holds again what holds anyway. */
  #takeBack(): void {
    if (this.#refused === undefined) return;
    this.#refused = undefined;
    this.#options.listener.accepted(this.#current.hash, []);
  }
}
