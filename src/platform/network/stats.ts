/** How many requests there were, and how many at once on average (knative.dev/networking pkg/http/stats/request.go). */

export interface StatsReport {
  readonly concurrency: number;
  readonly proxiedConcurrency: number;
  readonly requests: number;
  readonly proxiedRequests: number;
  readonly seconds: number;
}

/** Each time is in milliseconds. One that lies before the last counts as the last. */
export class RequestStats {
  #concurrency = 0;
  #proxiedConcurrency = 0;
  #lastChange: number;
  // since the last report
  #requests = 0;
  #proxiedRequests = 0;
  #area = 0;
  #proxiedArea = 0;
  #seconds = 0;

  constructor(startedAt: number) {
    this.#lastChange = startedAt;
  }

  in(now: number, isProxied: boolean): void {
    this.#compute(now);
    this.#requests++;
    this.#concurrency++;
    if (!isProxied) return;
    this.#proxiedRequests++;
    this.#proxiedConcurrency++;
  }

  out(now: number, isProxied: boolean): void {
    this.#compute(now);
    this.#concurrency--;
    if (isProxied) this.#proxiedConcurrency--;
  }

  /** What was since the last report; the next begins here. */
  report(now: number): StatsReport {
    this.#compute(now);
    const seconds = this.#seconds;
    const report = {
      concurrency: seconds > 0 ? this.#area / seconds : 0,
      proxiedConcurrency: seconds > 0 ? this.#proxiedArea / seconds : 0,
      requests: this.#requests,
      proxiedRequests: this.#proxiedRequests,
      seconds,
    };
    this.#requests = 0;
    this.#proxiedRequests = 0;
    this.#area = 0;
    this.#proxiedArea = 0;
    this.#seconds = 0;
    return report;
  }

  #compute(now: number): void {
    const seconds = (now - this.#lastChange) / 1000;
    if (!(seconds > 0)) return;
    this.#seconds += seconds;
    this.#area += this.#concurrency * seconds;
    this.#proxiedArea += this.#proxiedConcurrency * seconds;
    this.#lastChange = now;
  }
}
