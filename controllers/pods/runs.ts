/** The Pods that run now: by their objects' names, of which a new Pod may take one while the old one still ends. */
import type { PodState } from './door.ts';
import type { PodRun } from './pod/pod.ts';

export class Runs {
  readonly #byKey = new Map<string, PodRun>();
  readonly #byUid = new Map<string, PodRun>();

  find(key: string): PodRun | undefined {
    return this.#byKey.get(key);
  }

  withUid(uid: string): PodRun | undefined {
    return this.#byUid.get(uid);
  }

  get size(): number {
    return this.#byUid.size;
  }

  all(): PodRun[] {
    return [...this.#byUid.values()];
  }

  keys(): string[] {
    return [...this.#byKey.keys()];
  }

  add(key: string, run: PodRun): void {
    this.#byKey.set(key, run);
    this.#byUid.set(run.uid, run);
  }

  /** Its name is free; it may run on for a while. */
  detach(key: string): void {
    this.#byKey.delete(key);
  }

  remove(key: string, run: PodRun): void {
    if (this.#byKey.get(key) === run) this.#byKey.delete(key);
    this.#byUid.delete(run.uid);
  }
}

/** Those who want to hear of Pods. */
export class Listeners {
  readonly #all = new Set<(state: PodState) => void>();
  readonly #last = new Map<string, string>();

  add(listener: (state: PodState) => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  /** What is the same as before is not told. */
  tell(state: PodState): void {
    const text = JSON.stringify(state);
    if (this.#last.get(state.uid) === text) return;
    this.#last.set(state.uid, text);
    for (const listener of [...this.#all]) listener(state);
  }

  forget(uid: string): void {
    this.#last.delete(uid);
  }
}
