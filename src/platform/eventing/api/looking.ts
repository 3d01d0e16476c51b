/** Goes through what the log holds, a portion at a time: those who bring events come between. */
import { setImmediate as turn } from 'node:timers/promises';
import { structuredText } from '../../../cloudevents/structured.ts';
import { didYouMean } from '../../../text/nearest.ts';
import { Failure } from '../../apiserver/status/failure.ts';
import type { Eventing } from '../eventing.ts';
import type { KeptEvent, LaneNumber, Seq } from '../log/kept.ts';
import type { EventHead } from '../log/reading.ts';
import { titleOf } from '../topics.ts';
import type { Rights } from './rights.ts';
import { type Selection, selects } from './selection.ts';

const PORTION = 500;

/** The names of those who get events, or got them. */
export class LaneNames {
  readonly #eventing: Eventing;
  readonly #names = new Map<LaneNumber, string | undefined>();

  constructor(eventing: Eventing) {
    this.#eventing = eventing;
  }

  readonly keyOf = (number: LaneNumber): string | undefined => {
    if (!this.#names.has(number)) {
      const { reading } = this.#eventing.log;
      for (const row of [...reading.gone(), ...reading.lanes()]) this.#names.set(row.number, row.key);
      // of a log of before names were kept: it is not asked for again
      if (!this.#names.has(number)) this.#names.set(number, undefined);
    }
    return this.#names.get(number);
  };

  of(numbers: readonly LaneNumber[]): string[] {
    return numbers.map((number) => this.keyOf(number) ?? `lane:${number}`).sort();
  }
}

export interface Look {
  readonly eventing: Eventing;
  readonly selection: Selection;
  readonly rights: Rights;
  readonly names: LaneNames;
}

/**
 * That there is such a Broker or Channel; those of which events are kept may be looked at when they are gone.
 *
 * @throws Failure 404, with the name that was probably meant
 */
export function demandTopic({ eventing, rights }: Look, topic: string, orKept: 'also kept' | 'there alone'): void {
  const { topics, log } = eventing;
  // while nobody knows, it may be there
  if (topics.has(topic) !== false || (orKept === 'also kept' && log.reading.hasEventsOf(topic))) return;
  const near = [...topics.keys()].filter((each) => rights.may('get', each));
  throw nothing(`there is no ${titleOf(topic)}`, topic, near);
}

/**
 * That there is, or was, a Trigger or a Subscription of that name that got events.
 *
 * @throws Failure 404, with the name that was probably meant
 */
export function demandLane({ eventing, rights }: Look, lane: string, orGone: 'also gone' | 'there alone'): void {
  const { reading } = eventing.log;
  const lanes = reading.lanes();
  const gone = orGone === 'also gone' ? reading.gone() : [];
  if ([...lanes, ...gone].some(({ key }) => key === lane)) return;
  const near = lanes.filter(({ topic }) => rights.may('get', topic)).map(({ key }) => key);
  throw nothing(`${titleOf(lane)} gets no events: there is none, or it has not been ready yet`, lane, near);
}

function nothing(what: string, key: string, candidates: readonly string[]): Failure {
  const kind = key.slice(0, key.indexOf(':') + 1);
  const names = candidates.filter((each) => each.startsWith(kind)).map((each) => each.slice(kind.length));
  return new Failure(404, 'NotFound', `${what}${didYouMean(key.slice(kind.length), names)}`, {});
}

/** Those behind a place that are selected and may be seen, up to the last that is there. @returns where it came to */
export async function* eventsAfter(
  { eventing, selection, rights, names }: Look,
  from: Seq,
): AsyncGenerator<EventHead, Seq> {
  let after = from;
  for (;;) {
    const heads = eventing.log.reading.heads(after, selection.since, PORTION);
    for (const head of heads) {
      if (selects(selection, head, names.keyOf) && rights.may('get', head.topic)) yield head;
      after = head.seq;
    }
    if (heads.length < PORTION) return after;
    await turn();
  }
}

/** As a line of JSON, its data as it came. */
export function lineOf(kept: KeptEvent, names: LaneNames): string {
  const { seq, topic, lanes } = kept;
  const head = JSON.stringify({ seq, at: new Date(kept.at).toISOString(), topic, lanes: names.of(lanes) });
  return `${head.slice(0, -1)},"event":${structuredText(kept.event)}}`;
}
