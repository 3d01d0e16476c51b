/** What is told to the autoscaler of one Revision: by its instances, and by the activator. */
import type { Clock } from '../../../kubernetes/clock.ts';
import type { PlaneReport } from '../plane.ts';
import { RequestStats } from '../stats.ts';

export class Counters {
  readonly #clock: Clock;
  readonly #instances: RequestStats;
  readonly #activator: RequestStats;

  constructor(clock: Clock) {
    this.#clock = clock;
    const now = this.now();
    this.#instances = new RequestStats(now);
    this.#activator = new RequestStats(now);
  }

  now(): number {
    return this.#clock.now().getTime();
  }

  /** To an instance, or to its queue. */
  in(isProxied: boolean): void {
    this.#instances.in(this.now(), isProxied);
  }

  out(isProxied: boolean): void {
    this.#instances.out(this.now(), isProxied);
  }

  activatorIn(): void {
    this.#activator.in(this.now(), false);
  }

  activatorOut(): void {
    this.#activator.out(this.now(), false);
  }

  report(): PlaneReport {
    const now = this.now();
    const { concurrency, requests } = this.#activator.report(now);
    return { ...this.#instances.report(now), activatorConcurrency: concurrency, activatorRequests: requests };
  }
}
