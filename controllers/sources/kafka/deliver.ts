/**
 * Brings the event of a record to its sink, and to the dead letters where that does not take it, as the data plane of a
 * cluster does (knative-extensions/eventing-kafka-broker data-plane/dispatcher RecordDispatcherImpl.java,
 * WebClientCloudEventSender.java). A record that is done with is never read again by its group.
 */
import { type CloudEvent, withAttributes } from '../../../src/cloudevents/event.ts';
import { isDelivered, isRetried, type Retries } from '../../../src/knative/eventing/retries.ts';
import type { Happening } from '../../../src/kubernetes/client/events.ts';
import { type Clock, pause } from '../../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { referenceTo } from '../../../src/kubernetes/object.ts';
import { errorData } from '../../../src/platform/eventing/deadLetter.ts';
import { placeKey, type ReadRecord } from '../../../src/platform/eventing/kafka/record.ts';
import type { Send, Sent } from '../../../src/platform/eventing/send.ts';
import { withoutCredentials } from '../../../src/text/withoutCredentials.ts';
import { namesSink } from '../../eventing/conditions.ts';
import { happening } from '../../serving/write.ts';
import { eventOf } from './event.ts';

/** How a source is now: it may change while a record is on its way. */
export interface Target {
  readonly source: JsonObject;
  /** URLs. */
  readonly sink: string;
  readonly deadLetter: string | undefined;
  readonly retries: Retries;
}

export interface DeliverOptions {
  readonly send: Send;
  readonly clock: Clock;
  target(): Target;
  /** Hears of an event that is lost. */
  record(happening: Happening): void;
}

/** @returns false where it was ended before it was known what becomes of it */
export async function deliverRecord(read: ReadRecord, signal: AbortSignal, options: DeliverOptions): Promise<boolean> {
  const { source } = options.target();
  const event = eventOf(source, read);
  const sent = await sendAgainAndAgain(event, ({ sink }) => sink, signal, options);
  if (sent === undefined || isDelivered(sent)) return sent !== undefined;

  const { sink, deadLetter } = options.target();
  if (deadLetter !== undefined) {
    const dead = await sendAgainAndAgain(asDeadLetter(event, sink, sent), () => deadLetter, signal, options);
    if (dead === undefined || isDelivered(dead)) return dead !== undefined;
  }
  options.record(lost(options.target(), read, sent));
  return true;
}

/** @returns undefined where it was ended */
async function sendAgainAndAgain(
  event: CloudEvent,
  urlOf: (target: Target) => string,
  signal: AbortSignal,
  { send, clock, target }: DeliverOptions,
): Promise<Sent | undefined> {
  for (let retry = 0; ; retry++) {
    if (signal.aborted) return undefined;
    const now = target();
    const headers = { 'kn-namespace': referenceTo(now.source).namespace, prefer: 'reply' };
    const sent = await send({ url: urlOf(now), event, headers, timeout: now.retries.timeout });
    if (isDelivered(sent)) return sent;
    // an answer that came of being ended says nothing
    if (signal.aborted) return undefined;
    const { retries } = target();
    if (!isRetried(sent) || retry >= retries.most) return sent;
    await pause(clock, retries.wait(retry, sent, clock.now().getTime()), signal);
  }
}

/** Other than of a Trigger: what gave no answer has no code. */
function asDeadLetter(event: CloudEvent, sink: string, sent: Sent): CloudEvent {
  return withAttributes(event, {
    knativeerrordest: withoutCredentials(sink),
    knativeerrorcode: sent.status === undefined ? undefined : String(sent.status),
    knativeerrordata: sent.status === undefined || sent.body.length === 0 ? undefined : errorData(sent.body),
  });
}

function lost({ source, sink, deadLetter }: Target, read: ReadRecord, sent: Sent): Happening {
  const answer = sent.status === undefined ? withoutCredentials(sent.error) : `it answered ${sent.status}`;
  const none = namesSink(source)
    ? 'its dead-letter sink is that of a cluster, and this platform keeps dead letters of Brokers and Channels alone'
    : 'there is no dead-letter sink';
  const letters = deadLetter === undefined ? none : `${withoutCredentials(deadLetter)} did not take it either`;
  // without its offset: the same sentence again and again is one Event
  const note = `an event of ${placeKey(read)} is lost: ${withoutCredentials(sink)} did not take it: ${answer}; ${letters}`;
  return happening(source, 'Warning', 'EventLost', 'Send', note);
}
