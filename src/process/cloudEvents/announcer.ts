/**
 * Tells a sink what Weir did, in the background: who announces never waits and never fails. What finds the queue full,
 * what the sink refuses and what no try brought there is counted as lost.
 */
import { randomUUID } from 'node:crypto';
import type { Registry } from 'prom-client';
import { type Clock, pause, systemClock } from '../../kubernetes/clock.ts';
import type { Log } from '../../kubernetes/log.ts';
import { counter, readGauge } from '../metrics/make.ts';
import { type Message, messageOf, type News } from './event.ts';
import { type Poster, posterTo, SIDE_BY_SIDE } from './post.ts';

export interface AnnouncerOptions {
  /** An http: or https: URL. */
  readonly sink: URL;
  /** `/weir`: what `source` begins with. */
  readonly source: string;
  readonly clock: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
  readonly registry: Registry;
  /** Events that wait; 20,000 unless set. */
  readonly most?: number;
  /** Bytes of those that wait; 16 MiB unless set. */
  readonly mostBytes?: number;
  /** In place of requests, for tests. */
  readonly poster?: Poster;
  /** In place of random ones, for tests. */
  readonly id?: () => string;
}

export interface Announcer {
  /** @param part who says so: `controllers/schedule`, appended to the source */
  announce(part: string, news: News): void;
  /** How many nobody got, since the start. */
  lost(): number;
  /** Sends what waits, for that long at most, and ends. */
  stop(withinMs?: number): Promise<void>;
}

/** @param events as the command line names them */
export function announcerFor(
  { sink, source }: { readonly sink: string; readonly source: string },
  { log, registry }: Pick<AnnouncerOptions, 'log' | 'registry'>,
): Announcer {
  return announceTo({ sink: new URL(sink), source, clock: systemClock, random: Math.random, log, registry });
}

export function announceTo(options: AnnouncerOptions): Announcer {
  return new Sender(options);
}

/** Ten thousand schedules may begin a window at one moment: their events take 7 MB. */
const MOST = 20_000;
/** An event may name thousands of Revisions: their number alone bounds no memory. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_TRIES = 6;
const FIRST_WAIT_MS = 500;
const MOST_WAIT_MS = 30_000;
const STOP_MS = 3_000;

type Reason = 'full' | 'refused' | 'failed' | 'invalid';

interface Waiting {
  readonly type: string;
  readonly message: Message;
  readonly bytes: number;
}

class Sender implements Announcer {
  readonly #options: AnnouncerOptions;
  readonly #poster: Poster;
  readonly #queue: Waiting[] = [];
  readonly #ending = new AbortController();
  readonly #senders = new Set<Promise<void>>();
  readonly #sent;
  readonly #lostBy;
  #lost = 0;
  /** Of those that wait. */
  #bytes = 0;
  #isLeaving = false;
  /** The trouble that was told last. */
  #trouble = '';

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#poster = options.poster ?? posterTo(options.sink);
    this.#sent = counter(options.registry, 'weir_cloudevents_sent_total');
    this.#lostBy = counter(options.registry, 'weir_cloudevents_lost_total');
    for (const reason of ['full', 'refused', 'failed'] satisfies Reason[]) this.#lostBy.inc({ reason }, 0);
    readGauge(options.registry, 'weir_cloudevents_waiting', (waiting) => waiting.set(this.#queue.length));
  }

  announce(part: string, news: News): void {
    const { clock, most = MOST, mostBytes = MOST_BYTES, source, id = randomUUID } = this.#options;
    if (this.#isLeaving || this.#queue.length >= most || this.#bytes >= mostBytes) {
      this.#lose('full', 1);
      return;
    }
    let message: Message;
    try {
      message = messageOf(news, { id: id(), source: `${source}/${part}`, time: clock.now() });
    } catch (error) {
      this.#lose('invalid', 1);
      this.#options.log.error({ type: news.type }, `a CloudEvent cannot be made: ${sentenceOf(error)}`);
      return;
    }
    const bytes = Buffer.byteLength(message.body);
    this.#bytes += bytes;
    this.#queue.push({ type: news.type, message, bytes });
    if (this.#senders.size >= SIDE_BY_SIDE) return;
    const sender = this.#send().finally(() => this.#senders.delete(sender));
    this.#senders.add(sender);
  }

  lost(): number {
    return this.#lost;
  }

  async stop(withinMs = STOP_MS): Promise<void> {
    this.#isLeaving = true;
    const callOff = this.#options.clock.after(withinMs, () => this.#ending.abort());
    await Promise.all(this.#senders);
    callOff();
    this.#ending.abort();
    this.#lose('failed', this.#queue.splice(0).length);
    this.#poster.close();
  }

  async #send(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#bytes -= next.bytes;
      const reason = await this.#delivered(next.message);
      if (reason === undefined) this.#sent.inc({ type: next.type });
      else this.#lose(reason, 1);
      if (this.#ending.signal.aborted) return;
    }
  }

  /** Why it was not, where it was not: the same message, with the same id, at each try. */
  async #delivered(message: Message): Promise<Reason | undefined> {
    const { clock, random } = this.#options;
    const { signal } = this.#ending;
    for (let tries = 1; !signal.aborted; tries++) {
      const posted = await this.#poster.post(message, signal);
      if (posted.outcome === 'taken') {
        this.#recover();
        return undefined;
      }
      if (signal.aborted) return 'failed';
      this.#complain(posted.why);
      if (posted.outcome === 'refused') return 'refused';
      if (tries === MOST_TRIES) return 'failed';
      const bound = Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
      const wait = bound / 2 + (bound / 2) * random();
      await pause(clock, Math.max(wait, Math.min(MOST_WAIT_MS, posted.afterMs ?? 0)), signal);
    }
    return 'failed';
  }

  #lose(reason: Reason, count: number): void {
    this.#lost += count;
    if (count > 0) this.#lostBy.inc({ reason }, count);
  }

  /** The same trouble is told once, however many events meet it. */
  #complain(why: string): void {
    const { log, sink } = this.#options;
    if (this.#trouble === why) return;
    this.#trouble = why;
    log.warn({ sink: shown(sink), lost: this.#lost }, `the sink of CloudEvents at ${shown(sink)} takes none: ${why}`);
  }

  #recover(): void {
    if (this.#trouble === '') return;
    this.#trouble = '';
    this.#options.log.info({ sink: shown(this.#options.sink), lost: this.#lost }, 'the sink takes CloudEvents again');
  }
}

/** Without what may be a secret. */
function shown({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
