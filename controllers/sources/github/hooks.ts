/** Which GitHubSources take webhooks now. */
import type { JsonObject } from '../../../src/kubernetes/json.ts';

export interface Hook {
  readonly source: JsonObject;
  /** Of the sink. */
  readonly url: string;
}

export class Hooks {
  readonly #all = new Map<string, Hook>();

  /** @param key `namespace/name` */
  find(key: string): Hook | undefined {
    return this.#all.get(key);
  }

  set(key: string, hook: Hook): void {
    this.#all.set(key, hook);
  }

  remove(key: string): void {
    this.#all.delete(key);
  }
}
