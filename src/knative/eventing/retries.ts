/**
 * When an event is sent again, and after how long: knative/eventing pkg/kncloudevents/retries.go, by which brokers,
 * channels and their dead-letter sinks send. Pure; the moment is passed in.
 */
import { type JsonObject, stringAt, valueAt } from '../../kubernetes/json.ts';
import { parsePeriod } from '../period.ts';

/** What came of one attempt. */
export interface Answer {
  /** Undefined where none came: the connection failed, or time was up. */
  readonly status: number | undefined;
  /** The header Retry-After, where the answer has one. */
  readonly retryAfter?: string | undefined;
}

export interface Retries {
  /** Attempts beyond the first. */
  readonly most: number;
  /** Milliseconds that one attempt may take; undefined waits as long as the connection lasts. */
  readonly timeout: number | undefined;
  /**
   * Milliseconds until the next attempt.
   *
   * @param retry 0 for the first
   * @param now milliseconds since 1970, for a Retry-After that names a moment
   */
  wait(retry: number, answer: Answer, now: number): number;
}

/**
 * Of a delivery as it stands in a Trigger, a Broker or a Subscription. What it leaves open is not waited for: without a
 * policy and a delay the next attempt follows at once.
 */
export function retriesOf(delivery: JsonObject | undefined): Retries {
  const retry = valueAt(delivery, 'retry');
  const delay = millisecondsAt(delivery, 'backoffDelay') ?? 0;
  const policy = stringAt(delivery, 'backoffPolicy');
  const retryAfterMax = millisecondsAt(delivery, 'retryAfterMax');
  const timeout = millisecondsAt(delivery, 'timeout') ?? 0;
  return {
    most: typeof retry === 'number' ? Math.max(0, Math.trunc(retry)) : 0,
    // Knative's webhook lets a negative one pass, and Go's client takes it for none
    timeout: timeout > 0 ? Math.min(timeout, LONGEST) : undefined,
    wait(count, answer, now) {
      const backoff = Math.min(delay * factor(policy, count), LONGEST);
      const asked = retryAfterMax === undefined ? 0 : Math.min(retryAfter(answer, now), retryAfterMax);
      return Math.max(backoff, asked);
    },
  };
}

/** More than Node's timers hold; Go's own arithmetic wraps around far behind it. */
const LONGEST = 2 ** 31 - 1;
/** A tenth of a second, the shortest delay there is, doubled so often is more than the longest wait. */
const MOST_DOUBLED = 64;

/** Linear begins with no wait at all: the first retry is number 0. Finite: nothing, doubled without end, stays nothing. */
function factor(policy: string | undefined, retry: number): number {
  if (policy === 'exponential') return 2 ** Math.min(retry, MOST_DOUBLED);
  return policy === 'linear' ? retry : 0;
}

/** Whether the attempt is worth another; what is not goes to the dead letters at once. */
export function isRetried({ status }: Answer): boolean {
  return status === undefined || status >= 500 || RETRIED.has(status);
}

/** Not found: a pod on its way up answers so. The others ask for it. */
const RETRIED: ReadonlySet<number> = new Set([404, 408, 409, 429]);

/** Whether the attempt has delivered the event. A redirect has not, and is not followed up. */
export function isDelivered({ status }: Answer): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

function retryAfter({ status, retryAfter: text }: Answer, now: number): number {
  if (text === undefined || (status !== 429 && status !== 503)) return 0;
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text) * 1000;
  const moment = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? 0 : moment - now;
}

/** `Sun, 06 Nov 1994 08:49:37 GMT`; the two forms of before HTTP/1.1 are not read. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

function millisecondsAt(delivery: JsonObject | undefined, field: string): number | undefined {
  const period = parsePeriod(stringAt(delivery, field) ?? '');
  return period.ok ? period.seconds * 1000 : undefined;
}
