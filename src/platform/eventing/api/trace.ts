/** `GET events/<id>/trace`: the way of an event, and of what came of it. */
import { attributeText } from '../../../cloudevents/event.ts';
import { structuredText } from '../../../cloudevents/structured.ts';
import { Failure } from '../../apiserver/status/failure.ts';
import type { Eventing } from '../eventing.ts';
import type { Attempt, KeptEvent, LaneNumber, Seq } from '../log/kept.ts';
import type { LaneRow, Most } from '../log/reading.ts';
import { deadLetterOf } from './deadLetters.ts';
import type { LaneNames, Look } from './looking.ts';
import { hasAttributes, namespaceOf, type Selection } from './selection.ts';
import type { Trace, TracedAttempt, TracedEvent, TracedLane } from './shapes.ts';

/** In one answer. */
const MOST: Most = { events: 500, bytes: 16 * 1024 };
const MOST_OF_ID: Most = { ...MOST, events: 100 };

/** @throws Failure 404 where nothing of it is to be seen */
export function traceOf(id: string, look: Look): Trace {
  const { eventing, selection, rights, names } = look;
  const tree = new Tree(eventing, names, (topic) => rights.may('get', topic));
  const found = eventing.log.reading.lastOfId(id, MOST_OF_ID).filter((kept) => isAsked(selection, kept));
  const seen = found.filter(({ topic }) => rights.may('get', topic));
  const [hidden] = found;
  if (seen.length === 0 && hidden !== undefined) rights.demand('get', hidden.topic);
  if (seen.length === 0) {
    const message = `no event with the id ${JSON.stringify(id)} is kept: it did not come here, or is forgotten by now`;
    throw new Failure(404, 'NotFound', message, {});
  }
  const events = seen.flatMap((kept) => tree.grow(kept) ?? []);
  return { events };
}

function isAsked(selection: Selection, { topic, event }: KeptEvent): boolean {
  if (selection.topic !== undefined && topic !== selection.topic) return false;
  if (selection.namespace !== undefined && namespaceOf(topic) !== selection.namespace) return false;
  return hasAttributes(selection, event);
}

class Tree {
  readonly #eventing: Eventing;
  readonly #names: LaneNames;
  readonly #maySee: (topic: string) => boolean;
  readonly #lanes: readonly LaneRow[];
  /** Each event stands in one place. */
  readonly #grown = new Set<Seq>();

  constructor(eventing: Eventing, names: LaneNames, maySee: (topic: string) => boolean) {
    this.#eventing = eventing;
    this.#names = names;
    this.#maySee = maySee;
    this.#lanes = eventing.log.reading.lanes();
  }

  /** Undefined where it stands somewhere already. */
  grow(kept: KeptEvent): TracedEvent | undefined {
    const { seq, topic } = kept;
    if (this.#grown.has(seq) || this.#grown.size >= MOST.events || !this.#maySee(topic)) return undefined;
    this.#grown.add(seq);
    const { rows, reading } = this.#eventing.log;
    const caused = reading.causedBy(seq, MOST);
    const attempts = rows.attempts(seq);
    const others = this.#lanes.filter((lane) => lane.topic === topic && !kept.lanes.includes(lane.number));
    return {
      seq,
      at: isoOf(kept.at),
      topic,
      event: JSON.parse(structuredText(kept.event)),
      isReplay: kept.cause?.why === 'replay',
      lanes: kept.lanes.map((number) => this.#laneOf(kept, number, attempts, caused)),
      // what is sent to one alone was not held against the filters of the others
      unmatched: isForOneAlone(kept) ? [] : others.filter(({ since }) => since < seq).map(({ key }) => key),
      later: others.filter(({ since }) => since >= seq).map(({ key }) => key),
      repeats: caused.filter(({ cause }) => cause?.why === 'replay').flatMap((each) => this.grow(each) ?? []),
    };
  }

  #laneOf(kept: KeptEvent, number: LaneNumber, all: readonly Attempt[], caused: readonly KeptEvent[]): TracedLane {
    const { seq } = kept;
    const { rows, reading } = this.#eventing.log;
    const attempts = all.filter(({ lane }) => lane === number);
    const letter = rows.dead(seq).find(({ lane }) => lane === number);
    const answers = caused.filter(({ cause }) => cause?.why === 'reply' && cause.lane === number);
    const key = this.#names.keyOf(number);
    const due = reading.due(number, seq);
    const dead =
      letter &&
      deadLetterOf(letter, { topic: kept.topic, attributes: kept.event.attributes }, key ?? '', attempts.length);
    const elsewhere = attempts.flatMap(({ reply, at }) => (reply === undefined ? [] : this.#cameElsewhere(reply, at)));
    return {
      lane: key ?? `lane:${number}`,
      state: this.#stateOf(key, seq, attempts, dead !== undefined),
      ...(due === undefined ? {} : { due: isoOf(due) }),
      attempts: attempts.map(attemptOf),
      ...(dead === undefined ? {} : { dead }),
      answers: [...answers, ...elsewhere].flatMap((each) => this.grow(each) ?? []),
    };
  }

  #stateOf(key: string | undefined, seq: Seq, attempts: readonly Attempt[], isDead: boolean): TracedLane['state'] {
    if (isDead) return 'dead';
    const state = key === undefined ? undefined : this.#eventing.stateOf(key, seq);
    if (state !== undefined && state !== 'done') return state;
    const last = attempts.at(-1)?.status ?? 0;
    return state === 'done' || (last >= 200 && last < 300) ? 'delivered' : 'gone';
  }

  /** An answer that was sent to a URL of this platform came in there as an event of its own. */
  #cameElsewhere({ id, source, to }: NonNullable<Attempt['reply']>, at: number): KeptEvent[] {
    if (to === 'topic' || to === 'dropped' || to === '') return [];
    const all = this.#eventing.log.reading.lastOfId(id, MOST_OF_ID);
    const later = all.filter(({ event, ...kept }) => kept.at >= at && attributeText(event, 'source') === source);
    return later.filter(({ topic, cause }) => cause === undefined && isAt(to, topic)).slice(0, 1);
  }
}

/** Whether the URL is that of the topic: `http://second-kn-channel.shop.svc.cluster.local`, `…/shop/default`. */
function isAt(url: string, topic: string): boolean {
  const [kind, place = ''] = topic.split(':');
  const [namespace, name] = place.split('/');
  if (kind === 'channel' && url.startsWith(`http://${name}-kn-channel.${namespace}.svc`)) return true;
  return url.endsWith(`/${place}`);
}

function isForOneAlone({ cause }: KeptEvent): boolean {
  return cause?.why === 'replay' && cause.lane !== undefined;
}

function attemptOf({ number, at, took, status, error, reply }: Attempt): TracedAttempt {
  return {
    number,
    at: isoOf(at),
    took,
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error }),
    ...(reply === undefined ? {} : { reply }),
  };
}

function isoOf(moment: number): string {
  return new Date(moment).toISOString();
}
