/** What the API of events answers, as its clients see it. Moments are ISO 8601, lengths of time milliseconds. */

/** Of the embedded API server. */
export const EVENTS_API = '/apis/events.weir.dev/v1alpha1';

/** Stands in an event that was sent once more: when that began. */
export const REPLAY = 'weirreplay';

/** One line of `GET events`. `event` is a CloudEvent in JSON. */
export interface EventLine {
  readonly seq: number;
  readonly at: string;
  /** `broker:namespace/name`, `channel:namespace/name`. */
  readonly topic: string;
  /** Whom it is for: `trigger:namespace/name`, `subscription:namespace/name`. */
  readonly lanes: readonly string[];
  readonly event: Readonly<Record<string, unknown>>;
}

/** `GET events/<id>/trace` */
export interface Trace {
  readonly events: readonly TracedEvent[];
}

export interface TracedEvent extends Omit<EventLine, 'lanes'> {
  /** It is another one once more. */
  readonly isReplay: boolean;
  readonly lanes: readonly TracedLane[];
  /** Those of its topic whose filter it did not pass. */
  readonly unmatched: readonly string[];
  /** Began after it had come. */
  readonly later: readonly string[];
  /** It is sent once more as these. */
  readonly repeats: readonly TracedEvent[];
}

export interface TracedLane {
  readonly lane: string;
  /** `gone`: it was removed before the event was delivered. */
  readonly state: 'delivered' | 'queued' | 'sending' | 'waiting' | 'dead' | 'gone';
  /** Of `waiting`: when it is sent again. */
  readonly due?: string;
  readonly attempts: readonly TracedAttempt[];
  readonly dead?: DeadLetterLine;
  /** What came of its answers. */
  readonly answers: readonly TracedEvent[];
}

export interface TracedAttempt {
  readonly number: number;
  readonly at: string;
  readonly took: number;
  /** Undefined where no answer came. */
  readonly status?: number;
  readonly error?: string;
  readonly reply?: { readonly id: string; readonly source: string; readonly type: string; readonly to: string };
}

/** One of `GET deadletters` */
export interface DeadLetterLine {
  readonly seq: number;
  readonly lane: string;
  readonly topic: string;
  readonly at: string;
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject?: string;
  readonly code?: number;
  /** What came back, or why nothing did; cut. */
  readonly reason: string;
  /** The URL that did not take it. */
  readonly destination: string;
  /** Where it was sent to instead; absent where it is kept here alone. */
  readonly sink?: string;
  readonly attempts: number;
  /** When it was sent again. */
  readonly returned?: string;
}

/** One of `GET types` */
export interface SeenType {
  readonly type: string;
  readonly source: string;
  readonly topics: readonly string[];
  readonly count: number;
  readonly last: string;
  /** Who took the last of them. */
  readonly lanes: readonly string[];
}

/** One line of `POST replays` and `POST deadletters/return`: the first says how many there are, the last `isDone`. */
export interface ReplayLine {
  readonly found: number;
  readonly sent: number;
  /** Of those found, the ones that were not sent, and why the last of them was not. */
  readonly failed: number;
  readonly problem?: string;
  readonly isDone: boolean;
}
