/** Has the API server ask about the kinds that are bound, whenever those change. */
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { Bindings } from './bindings.ts';
import { bindable } from './kinds.ts';

/** Resolves when the API server was told. */
export type AskAbout = (resources: readonly Resource[]) => Promise<void>;

export class Rules {
  readonly #bindings: Bindings;
  readonly #askAbout: AskAbout;
  #told: string | undefined;

  constructor(bindings: Bindings, askAbout: AskAbout) {
    this.#bindings = bindings;
    this.#askAbout = askAbout;
  }

  /** Somebody else may have told it something else. */
  forget(): void {
    this.#told = undefined;
  }

  async tell(): Promise<void> {
    const resources = this.#bindings.kinds().flatMap(({ group, kind }) => bindable(group, kind) ?? []);
    const text = resources
      .map(({ plural }) => plural)
      .sort()
      .join();
    if (text === this.#told) return;
    await this.#askAbout(resources);
    this.#told = text;
  }
}
