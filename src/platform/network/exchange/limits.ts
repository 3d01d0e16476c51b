/** How long a request may take (knative/serving pkg/http/handler/timeout.go). */
import type { Clock } from '../../../kubernetes/clock.ts';
import type { RevisionSettings } from '../plane.ts';

export class Limits {
  readonly #settings: RevisionSettings;
  readonly #clock: Clock;
  readonly #onOver: () => void;
  #whole: (() => void) | undefined;
  #start: (() => void) | undefined;
  #idle: (() => void) | undefined;
  #touchedAt = 0;

  constructor(settings: RevisionSettings, clock: Clock, onOver: () => void) {
    this.#settings = settings;
    this.#clock = clock;
    this.#onOver = onOver;
  }

  /** The request is here. */
  begin(): void {
    const { timeoutSeconds, responseStartTimeoutSeconds, idleTimeoutSeconds } = this.#settings;
    this.#whole = this.#clock.after(timeoutSeconds * 1000, this.#onOver);
    if (responseStartTimeoutSeconds !== undefined && responseStartTimeoutSeconds > 0) {
      this.#start = this.#clock.after(responseStartTimeoutSeconds * 1000, this.#onOver);
    }
    if (idleTimeoutSeconds !== undefined && idleTimeoutSeconds > 0) this.#watchIdle(idleTimeoutSeconds * 1000);
  }

  /** Something came from the instance. */
  touch(): void {
    this.#start?.();
    this.#start = undefined;
    if (this.#idle !== undefined) this.#touchedAt = this.#now();
  }

  end(): void {
    this.#whole?.();
    this.#start?.();
    this.#idle?.();
    this.#whole = undefined;
    this.#start = undefined;
    this.#idle = undefined;
  }

  /** Looks again only when the time may be up, so that what comes in between costs no timer. */
  #watchIdle(milliseconds: number): void {
    this.#touchedAt = this.#now();
    const look = (): void => {
      const rest = this.#touchedAt + milliseconds - this.#now();
      if (rest <= 0) {
        this.#onOver();
        return;
      }
      this.#idle = this.#clock.after(rest, look);
    };
    this.#idle = this.#clock.after(milliseconds, look);
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}
