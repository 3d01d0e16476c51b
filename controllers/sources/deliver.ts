/** Brings the events of sources to their sinks, again and again as Knative's adapters do. What is not taken then is lost, and told. */

import { isDelivered } from '../../src/knative/eventing/retries.ts';
import type { SourceEvent } from '../../src/knative/eventing/sources/overrides.ts';
import { isRetriedBySource, SOURCE_RETRIES } from '../../src/knative/eventing/sources/retries.ts';
import type { Happening } from '../../src/kubernetes/client/events.ts';
import { type Clock, pause } from '../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { referenceTo } from '../../src/kubernetes/object.ts';
import type { Send, Sent } from '../../src/platform/eventing/send.ts';
import { withoutCredentials } from '../../src/text/withoutCredentials.ts';
import { happening } from '../serving/write.ts';

export interface DeliverOptions {
  readonly send: Send;
  readonly clock: Clock;
}

export interface Letter {
  /** Whose event it is. */
  readonly source: JsonObject;
  readonly url: string;
  readonly event: SourceEvent;
  /** Milliseconds to wait before the first attempt. */
  readonly delay?: number;
  /** Hears of an event that was lost. */
  record(happening: Happening): void;
}

export interface Deliveries {
  /** @returns whether the event was taken, once that is known */
  deliver(letter: Letter): Promise<boolean>;
  /** Nothing new is sent; what is under way has the milliseconds. */
  stop(withinMs: number): Promise<void>;
}

/** As Knative's adapters call themselves: the namespace of the source. */
const NAMESPACE_HEADER = 'kn-namespace';

export function startDeliveries({ send, clock }: DeliverOptions): Deliveries {
  const ending = new AbortController();
  const underWay = new Set<Promise<boolean>>();
  let isStopping = false;

  async function attempt(letter: Letter): Promise<boolean> {
    const { source, url, event, delay = 0 } = letter;
    const headers = { [NAMESPACE_HEADER]: referenceTo(source).namespace };
    if (delay > 0) await pause(clock, delay, ending.signal);
    for (let retry = 0; !ending.signal.aborted; retry++) {
      const sent = await send({ url, event, headers, timeout: SOURCE_RETRIES.timeout });
      if (isDelivered(sent)) return true;
      if (retry >= SOURCE_RETRIES.most || !isRetriedBySource(sent)) {
        letter.record(lost(letter, sent, retry + 1));
        return false;
      }
      await pause(clock, SOURCE_RETRIES.wait(retry, sent, clock.now().getTime()), ending.signal);
    }
    return false;
  }

  return {
    deliver(letter) {
      if (isStopping) return Promise.resolve(false);
      const delivery = attempt(letter).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
      return delivery;
    },
    async stop(withinMs) {
      isStopping = true;
      const over = new AbortController();
      const rest = Promise.allSettled(underWay).then(() => over.abort());
      await Promise.race([rest, pause(clock, withinMs, over.signal)]);
      ending.abort();
    },
  };
}

function lost({ source, url, event }: Letter, sent: Sent, attempts: number): Happening {
  const answer = sent.status === undefined ? sent.error : `it answered ${sent.status}`;
  const times = attempts === 1 ? 'one attempt' : `${attempts} attempts`;
  // without its id: who watches Events hears of its own loss, and must not hear of another each time
  const note = `an event of type ${event.attributes.get('type')} is lost: ${withoutCredentials(url)} did not take it in ${times}: ${withoutCredentials(answer)}`;
  return happening(source, 'Warning', 'EventLost', 'Send', note);
}
