/** What the log holds, in the words of those who write and read it. Moments are milliseconds since 1970. */
import type { CloudEvent } from '../../../cloudevents/event.ts';

/** Its place in the log: larger than that of every event before. */
export type Seq = number;

/** Stands for one who gets events, for as long as the log is kept: a Trigger or a Subscription. */
export type LaneNumber = number;

/** Passed through from the request to the subscriber: request ids and traces. */
export type PassedHeaders = Readonly<Record<string, string>>;

export interface NewEvent {
  /** `broker:namespace/name` or `channel:namespace/name`. */
  readonly topic: string;
  readonly event: CloudEvent;
  readonly headers: PassedHeaders;
  /** Whom it is for, decided once. */
  readonly lanes: readonly LaneNumber[];
  /** Undefined where it came from outside. */
  readonly cause?: Cause | undefined;
  /** Its attributes as they are kept, where that was made already. */
  readonly text?: string;
}

/** The event that another one comes from: it answers it, or is the same once more. */
export interface Cause {
  readonly seq: Seq;
  /** Whose answer it is, or for whom alone it is sent again. */
  readonly lane: LaneNumber | undefined;
  readonly why: 'reply' | 'replay';
}

export interface KeptEvent extends NewEvent {
  readonly seq: Seq;
  readonly at: number;
}

/** How far a lane has come: every event of its up to `below` is done or waits to be sent again, and those of `above` are done. */
export interface Progress {
  readonly below: Seq;
  readonly above: readonly Seq[];
}

/** What is to be sent again. */
export interface Waiting {
  readonly seq: Seq;
  /** That were made. */
  readonly attempts: number;
  readonly due: number;
}

export interface Attempt {
  readonly seq: Seq;
  readonly lane: LaneNumber;
  /** 1 for the first. */
  readonly number: number;
  readonly at: number;
  readonly took: number;
  /** Undefined where no answer came; `error` says why then. */
  readonly status: number | undefined;
  readonly error?: string | undefined;
  /** The event that was the answer. */
  readonly reply?: Reply | undefined;
}

export interface Reply {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /**
   * `topic`: where the event came from; `dropped`: that too, but it came back there as often as it may; else a URL, or
   * empty where answers go nowhere.
   */
  readonly to: string;
}

/** What could not be delivered. */
export interface DeadLetter {
  readonly seq: Seq;
  readonly lane: LaneNumber;
  readonly at: number;
  readonly status: number | undefined;
  /** Of the last answer, in base64, cut. */
  readonly data: string;
  /** Where it was sent to instead; undefined where it is kept here alone. */
  readonly sink: string | undefined;
  /** The URL that did not take it. */
  readonly destination: string;
  /** When it was sent again. */
  readonly returned?: number | undefined;
}
