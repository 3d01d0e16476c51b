import { type CloudEvent, withAttributes } from '../../cloudevents/event.ts';
import { withoutCredentials } from '../../text/withoutCredentials.ts';

/** Of the answer, in base64 (knative/eventing pkg/kncloudevents/attributes/knative_error.go). */
const LONGEST_DATA = 1024;

export interface WhyDead {
  /** The URL that it was for; empty where nobody knew. */
  readonly destination: string;
  readonly code: number;
  readonly data: Buffer;
}

/** The event as a dead-letter sink gets it: with where it was to go, and what came back. */
export function asDeadLetter(event: CloudEvent, { destination, code, data }: WhyDead): CloudEvent {
  return withAttributes(event, {
    // no attribute is empty
    knativeerrordest: destination === '' ? undefined : withoutCredentials(destination),
    knativeerrorcode: code,
    knativeerrordata: errorData(data),
  });
}

/** In base64, cut as Knative cuts it: behind it may follow more, and the last letters may not decode. */
export function errorData(data: Buffer): string {
  // three bytes become four letters
  return data.subarray(0, LONGEST_DATA).toString('base64').slice(0, LONGEST_DATA);
}
