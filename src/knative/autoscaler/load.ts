/**
 * The load of one Revision as the autoscaler keeps it: requests at once and requests a second, each over the stable and
 * the panic window (knative/serving pkg/autoscaler/metrics/collector.go).
 */
import { LoadWindow } from './loadWindow.ts';
import type { AutoscalerSettings } from './settings.ts';

/** One second's report: of an activator, or of all pods together. */
export interface LoadReport {
  readonly concurrency: number;
  readonly requests: number;
  /** The part of them that came through the activator, which reported it already. */
  readonly proxiedConcurrency?: number;
  readonly proxiedRequests?: number;
}

export interface ObservedLoad {
  readonly stable: number;
  readonly panic: number;
}

type Windows = Pick<AutoscalerSettings, 'averaging' | 'stableWindow' | 'panicWindow'>;

export class RevisionLoad {
  readonly #concurrency: LoadWindow;
  readonly #panicConcurrency: LoadWindow;
  readonly #rps: LoadWindow;
  readonly #panicRps: LoadWindow;

  constructor({ averaging, stableWindow, panicWindow }: Windows) {
    this.#concurrency = new LoadWindow(stableWindow, averaging);
    this.#panicConcurrency = new LoadWindow(panicWindow, averaging);
    this.#rps = new LoadWindow(stableWindow, averaging);
    this.#panicRps = new LoadWindow(panicWindow, averaging);
  }

  /** @param at milliseconds since 1970 */
  record(at: number, report: LoadReport): void {
    const concurrency = report.concurrency - (report.proxiedConcurrency ?? 0);
    this.#concurrency.record(at, concurrency);
    this.#panicConcurrency.record(at, concurrency);
    const requests = report.requests - (report.proxiedRequests ?? 0);
    this.#rps.record(at, requests);
    this.#panicRps.record(at, requests);
  }

  /** Follows a window that changed. How it is averaged stays as it began: a Revision's annotation does not change. */
  resize({ stableWindow, panicWindow }: Windows, now: number): void {
    this.#concurrency.resize(stableWindow, now);
    this.#panicConcurrency.resize(panicWindow, now);
    this.#rps.resize(stableWindow, now);
    this.#panicRps.resize(panicWindow, now);
  }

  /**
   * What the autoscaler decides on.
   *
   * @returns undefined where nothing is known: pods are asked (`arePodsAsked`) and have said nothing for a whole window
   */
  observed(metric: AutoscalerSettings['metric'], now: number, arePodsAsked: boolean): ObservedLoad | undefined {
    const [stable, panic] =
      metric === 'rps' ? [this.#rps, this.#panicRps] : [this.#concurrency, this.#panicConcurrency];
    if (arePodsAsked && stable.isEmpty(now)) return undefined;
    return { stable: stable.average(now), panic: panic.average(now) };
  }
}
