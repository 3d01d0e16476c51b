/** A ScalingSchedule as it is understood: every text read, every zone known. */
import type { JsonObject } from '../kubernetes/json.ts';

export interface ScalingSchedule {
  readonly namespace: string;
  readonly name: string;
  /** The objects whose Revisions it scales: one by its name, or each that the labels select. */
  readonly target: Target;
  /** Of the tz database: `Europe/Lisbon`. */
  readonly timeZone: string;
  readonly windows: readonly Window[];
  /** What holds outside of every window; absent: what the author wrote. */
  readonly fallback: Scale | undefined;
  /** Where schedules overlap on one target, the highest counts; 0 unless set. */
  readonly priority: number;
  readonly isSuspended: boolean;
  /** From then on it holds nothing. */
  readonly until: Date | undefined;
  /** What a person set by hand for a time; it counts before any window. */
  readonly override: { readonly scale: Scale; readonly until: Date } | undefined;
}

export type Target =
  | { readonly apiVersion: string; readonly kind: string; readonly name: string }
  | { readonly selector: JsonObject };

/** What of a Revision's scaling is held. An absent field stays as its author wrote it. */
export interface Scale {
  readonly minScale?: number;
  readonly maxScale?: number;
  readonly target?: number;
}

export interface Window {
  readonly name: string;
  readonly start: Cron;
  /** A cron expression, or milliseconds after the start. */
  readonly end: Cron | number;
  readonly scale: Scale;
  /** Local dates (`2026-12-25`) of a start on which it does not hold. */
  readonly except: readonly string[];
  /** Where there are any, it holds only where it starts on one of these local dates. */
  readonly only: readonly string[];
  /** Milliseconds by which it begins before its start, so that pods are there in time; 0 unless set. */
  readonly warmUp: number;
}

/** Five fields, as Kubernetes' CronJob reads them. The same text is the same object (cron.ts). */
export interface Cron {
  /** As it was written. */
  readonly text: string;
  /** Ascending, as `hours`. */
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: ReadonlySet<number>;
  /** 1 to 12. */
  readonly months: ReadonlySet<number>;
  /** 0 to 6, Sunday first. */
  readonly daysOfWeek: ReadonlySet<number>;
  /** Where both kinds of days are restricted, either is enough. */
  readonly matchesEitherDay: boolean;
}

/** What a schedule says at a moment. */
export interface State {
  /** What to hold; absent where the author's own values hold. */
  readonly scale: Scale | undefined;
  /** Why. */
  readonly cause: 'window' | 'override' | 'default' | 'suspended' | 'ended' | 'author';
  /** The window's name, where one is active. */
  readonly window: string | undefined;
  /** When the state began; undefined where it always was so, and for an override, which does not say when it was written. */
  readonly since: Date | undefined;
  /** When it changes; undefined where it stays so for ever. */
  readonly until: Date | undefined;
}

/** Between two transitions: from inclusive, to exclusive. */
export interface Interval {
  readonly from: Date;
  readonly to: Date;
  readonly state: State;
}

/** What is wrong with a document, and where: a JSON pointer into it. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** What reading a document gives: the schedule, or everything that is wrong with it. */
export type ReadResult =
  | { readonly schedule: ScalingSchedule; readonly problems?: undefined }
  | { readonly schedule?: undefined; readonly problems: readonly Problem[] };

/*
 * What else this folder has for others:
 *   readSchedule(object): ReadResult                       read.ts
 *   stateAt(schedule, at): State                           state.ts
 *   intervals(schedule, from, to): Interval[]              state.ts
 *   idleWindows(schedule, from), overlaps(schedule, from): Problem[]   faults.ts
 */
