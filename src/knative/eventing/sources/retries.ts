/** When a source sends again (knative/eventing pkg/adapter/mtping/runner.go, cloudevents/sdk-go v2/protocol/http and v2/context). */
import type { Answer, Retries } from '../retries.ts';

const FIRST_MS = 100;

/** Five times beyond the first: after 100, 200, 400, 800 and 1,600 ms. An attempt lasts as long as its connection. */
export const SOURCE_RETRIES: Retries = {
  most: 5,
  timeout: undefined,
  wait: (retry) => FIRST_MS * 2 ** retry,
};

const RETRIED: ReadonlySet<number> = new Set([404, 413, 425, 429, 502, 503, 504]);

/** Other than in a broker, 500 is not. */
export function isRetriedBySource({ status }: Answer): boolean {
  return status === undefined || RETRIED.has(status);
}
