/**
 * Which mutating webhooks are asked a second time
 * (k8s.io/apiserver pkg/admission/plugin/webhook/mutating/reinvocationcontext.go, pkg/admission/reinvocation.go).
 */
import type { Webhook } from './webhook.ts';

export class Reinvocation {
  #round = 0;
  #isNeeded = false;
  /** Asked already, and wanting to see what later ones change. */
  readonly #waiting = new Set<string>();
  readonly #due = new Set<string>();

  /** In the second round nobody is asked for the first time. */
  includes({ id }: Webhook): boolean {
    return this.#round === 0 || this.#due.has(id);
  }

  /** Before `noteCall` of the webhook that has changed something: its own change is no news to it. */
  noteChange(): void {
    this.#isNeeded = true;
    for (const id of this.#waiting) this.#due.add(id);
  }

  noteCall({ id, isReinvoked }: Webhook): void {
    if (isReinvoked) this.#waiting.add(id);
  }

  /** Whether there is another round; there is at most one. */
  again(): boolean {
    return this.#round++ === 0 && this.#isNeeded;
  }
}
