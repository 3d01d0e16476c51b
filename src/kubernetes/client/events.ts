/**
 * Events (events.k8s.io/v1) about objects, written in the background: who records one never waits and never fails.
 *
 * What happens again within a window is counted and written once at its end, as a series. The queue is bounded; what
 * finds it full, or what the server refuses, is counted as lost.
 */

import { createHash } from 'node:crypto';
import { Alarms } from '../alarms.ts';
import { type Clock, pause } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { Log } from '../log.ts';
import { backoff } from './backoff.ts';
import type { Client } from './client.ts';
import { Complaints } from './complaints.ts';
import { ApiError, isNotFound, sentenceOf } from './errors.ts';
import type { Resource } from './resource.ts';
import { microTime } from './time.ts';

export const events: Resource = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  isNamespaced: true,
};

export interface Happening {
  /** The object that it is about. */
  readonly regarding: {
    readonly apiVersion: string;
    readonly kind: string;
    /** Empty for kinds without one. */
    readonly namespace: string;
    readonly name: string;
    readonly uid?: string;
  };
  readonly type: 'Normal' | 'Warning';
  /** Why, in one word for machines: `BrokeGlass`. */
  readonly reason: string;
  /** What was done: `Admitted`. */
  readonly action: string;
  /** A sentence for people; cut at 1,024 bytes. */
  readonly note: string;
}

export interface RecorderOptions {
  readonly client: Client;
  /** `weir.dev/webhook`. */
  readonly controller: string;
  /** The pod's name. */
  readonly instance: string;
  readonly clock: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
  /** Events that wait to be written, and those that are counted; 500 each unless set. */
  readonly most?: number;
  /** Within this, the same is written once and counted; five minutes unless set. */
  readonly windowMs?: number;
}

export interface EventRecorder {
  record(happening: Happening): void;
  /** How many were not written, since the start. */
  lost(): number;
  /** Writes what waits, for that long at most, and ends. */
  stop(withinMs?: number): Promise<void>;
}

export function recordEvents(options: RecorderOptions): EventRecorder {
  return new Recorder(options);
}

const MOST = 500;
const WINDOW_MS = 300_000;
const MOST_TRIES = 5;
const STOP_MS = 3_000;
const MOST_NOTE_BYTES = 1_024;

/** The same happening, counted while its window lasts. */
interface Series {
  readonly namespace: string;
  readonly name: string;
  count: number;
  /** Milliseconds since the epoch. */
  last: number;
}

class Recorder implements EventRecorder {
  readonly #options: RecorderOptions;
  readonly #most: number;
  readonly #queue: (() => Promise<unknown>)[] = [];
  /** Ten thousand at a time: by what takes little, and behind one timer. */
  readonly #series = new Map<string, Series>();
  readonly #ends: Alarms;
  readonly #ending = new AbortController();
  readonly #complaints: Complaints;
  #isLeaving = false;
  #isWriting = false;
  #work: Promise<void> | undefined;
  #lost = 0;
  #made = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#most = options.most ?? MOST;
    this.#ends = new Alarms(options.clock, (key) => this.#endSeries(key));
    this.#complaints = new Complaints(options.log, () => ({ lost: this.#lost }));
  }

  record(happening: Happening): void {
    const { clock, windowMs = WINDOW_MS } = this.#options;
    const key = keyOf(happening);
    const now = clock.now();
    const known = this.#series.get(key);
    if (known !== undefined) {
      known.count++;
      known.last = now.getTime();
      return;
    }
    if (this.#isLeaving || this.#series.size >= this.#most) {
      this.#lost++;
      return;
    }
    const place = this.#placeOf(happening, now);
    // put together only when its turn comes: what waits is to be small
    const write = () => this.#options.client.create(events, this.#eventOf(happening, place, now), this.#call());
    if (!this.#enqueue(write)) return;
    this.#series.set(key, { ...place, count: 1, last: now.getTime() });
    this.#ends.set(key, now.getTime() + windowMs);
  }

  lost(): number {
    return this.#lost;
  }

  async stop(withinMs = STOP_MS): Promise<void> {
    this.#isLeaving = true;
    this.#ends.stop();
    for (const key of [...this.#series.keys()]) this.#endSeries(key);
    const callOff = this.#options.clock.after(withinMs, () => this.#ending.abort());
    await this.#work;
    callOff();
    this.#ending.abort();
  }

  /** Writes how often it happened, where it was more than once. */
  #endSeries(key: string): void {
    const series = this.#series.get(key);
    if (series === undefined) return;
    this.#series.delete(key);
    if (series.count < 2) return;

    const { namespace, name, count, last } = series;
    const body = { series: { count, lastObservedTime: microTime(new Date(last)) } };
    this.#enqueue(() =>
      this.#options.client.patch(events, { namespace, name }, { type: 'merge', body }, this.#call()).catch((error) => {
        // its time to live was over
        if (!isNotFound(error)) throw error;
      }),
    );
  }

  #enqueue(write: () => Promise<unknown>): boolean {
    if (this.#queue.length >= this.#most) {
      this.#lost++;
      return false;
    }
    this.#queue.push(write);
    if (!this.#isWriting) this.#work = this.#drain();
    return true;
  }

  async #drain(): Promise<void> {
    this.#isWriting = true;
    for (let write = this.#queue[0]; write !== undefined; write = this.#queue[0]) {
      if (!(await this.#written(write))) this.#lost++;
      this.#queue.shift();
    }
    this.#isWriting = false;
  }

  async #written(write: () => Promise<unknown>): Promise<boolean> {
    const { clock, random } = this.#options;
    const wait = backoff({ firstMs: 1_000, mostMs: 30_000, random });
    for (let tries = 1; !this.#ending.signal.aborted; tries++) {
      try {
        await write();
        this.#complaints.end('Events are written again');
        return true;
      } catch (error) {
        if (this.#ending.signal.aborted) return false;
        this.#complaints.tell(`an Event cannot be written: ${sentenceOf(error)}`);
        if (tries >= MOST_TRIES || !mayWorkLater(error)) return false;
      }
      await pause(clock, wait.next(), this.#ending.signal);
    }
    return false;
  }

  #call(): { readonly signal: AbortSignal; readonly timeoutMs: number } {
    return { signal: this.#ending.signal, timeoutMs: 10_000 };
  }

  #placeOf({ regarding }: Happening, now: Date): Pick<Series, 'namespace' | 'name'> {
    // what is about a kind without namespaces stands in default, as the API asks for
    const namespace = regarding.namespace === '' ? 'default' : regarding.namespace;
    const random = Math.floor(this.#options.random() * 0x1000000);
    const stamp = `${now.getTime().toString(16)}${(this.#made++).toString(16)}${random.toString(16)}`;
    return { namespace, name: `${nameFor(regarding.name)}.${stamp}` };
  }

  #eventOf(
    { regarding, type, reason, action, note }: Happening,
    { namespace, name }: Pick<Series, 'namespace' | 'name'>,
    now: Date,
  ): JsonObject {
    const { controller, instance } = this.#options;
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace, name },
      eventTime: microTime(now),
      reportingController: controller,
      reportingInstance: instance,
      action,
      reason,
      type,
      note: cut(note),
      regarding: referenceOf(regarding),
    };
  }
}

/** The same for the same happening. */
function keyOf(happening: Happening): string {
  return createHash('sha256').update(JSON.stringify(happening)).digest('base64');
}

/** The server answered that it never will: the right is missing, the namespace is on its way out. */
function mayWorkLater(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 429 || error.status >= 500;
}

function referenceOf({ namespace, uid, ...rest }: Happening['regarding']): JsonObject {
  return { ...rest, ...(namespace === '' ? {} : { namespace }), ...(uid === undefined ? {} : { uid }) };
}

/** An Event's name must be one of DNS; a ClusterRole's need not be. */
function nameFor(name: string): string {
  const fitting = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .slice(0, 200);
  return /^[a-z0-9].*[a-z0-9]$|^[a-z0-9]$/.test(fitting) && !/\.\.|\.-|-\./.test(fitting) ? fitting : 'weir';
}

/** At most the bytes that the API takes, and no half of a character. */
function cut(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= MOST_NOTE_BYTES) return note;
  return `${bytes
    .subarray(0, MOST_NOTE_BYTES - 3)
    .toString('utf8')
    .replace(/�+$/, '')
    .slice(0)}…`;
}
