/** What Weir did as a CloudEvent (version 1.0): what it is about, who says so, and the same name for it however often it is sent. */
import { CloudEvent, HTTP } from 'cloudevents';
import type { JsonValue } from '../../kubernetes/json.ts';

/** What Weir did, for others to hear of. */
export interface News {
  /** `dev.weir.schedule.transition.v1`: ends in the version of `data`. */
  readonly type: string;
  /** The object that it is about: `serving.knative.dev/v1/namespaces/shop-prod/services/cart`. */
  readonly subject: string;
  readonly data: Readonly<Record<string, JsonValue>>;
}

export interface Stamp {
  /** Unique for the source. */
  readonly id: string;
  /** `/weir/controllers/schedule`. */
  readonly source: string;
  readonly time: Date;
}

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The event in structured mode, which takes names of any characters: headers, as the binary mode has them, do not.
 *
 * @throws what cloudevents says of an event that breaks the specification
 */
export function messageOf({ type, subject, data }: News, { id, source, time }: Stamp): Message {
  const event = new CloudEvent({
    id,
    source,
    type,
    time: time.toISOString(),
    datacontenttype: 'application/json',
    // an empty one is none, and the specification has no empty subject
    ...(subject === '' ? {} : { subject }),
    data,
  });
  const { headers, body } = HTTP.structured(event);
  return { headers: { 'content-type': String(headers['content-type']) }, body: String(body) };
}
