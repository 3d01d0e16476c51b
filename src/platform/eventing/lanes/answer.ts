/** What an answer of a subscriber means (knative/eventing pkg/kncloudevents/event_dispatcher.go, pkg/broker/filter). */
import type { CloudEvent } from '../../../cloudevents/event.ts';
import { decodeEvent } from '../../../cloudevents/http.ts';
import { isDelivered, isRetried } from '../../../knative/eventing/retries.ts';
import { withoutCredentials } from '../../../text/withoutCredentials.ts';
import type { Sent } from '../send.ts';

export type Outcome =
  | { readonly is: 'delivered'; readonly reply: CloudEvent | undefined }
  | {
      readonly is: 'failed';
      /** What the dead letter tells; 500 where no answer came. */
      readonly code: number;
      readonly data: Buffer;
      readonly isRetried: boolean;
    };

/** A Trigger's answer is empty or an event; a Subscription's may be anything that is no event. */
export type LaneKind = 'trigger' | 'subscription';

export function outcomeOf(sent: Sent, kind: LaneKind): Outcome {
  if (sent.status === undefined) {
    const data = Buffer.from(`dispatch error: ${withoutCredentials(sent.error)}`);
    return { is: 'failed', code: 500, data, isRetried: true };
  }
  const { status, body, headers } = sent;
  if (!isDelivered(sent)) return { is: 'failed', code: status, data: body, isRetried: isRetried(sent) };

  const decoded = decodeEvent(headers, body);
  if (decoded.ok) return { is: 'delivered', reply: decoded.event };
  if (kind === 'subscription' && !decoded.isEvent) return { is: 'delivered', reply: undefined };
  if (body.length === 0 && !decoded.isEvent) return { is: 'delivered', reply: undefined };
  // Knative's broker takes a body that is no event for a bad gateway, which is tried again.
  return { is: 'failed', code: 502, data: Buffer.from(decoded.problem), isRetried: true };
}
