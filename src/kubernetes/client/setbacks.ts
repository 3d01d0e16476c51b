/** What a list-watch makes of what fails: how long it waits, when everything has to be listed anew, and what it tells of it. */
import type { Log } from '../log.ts';
import { type Backoff, backoff } from './backoff.ts';
import { Complaints } from './complaints.ts';
import { ApiError, ConnectionError, isForbidden, isGone, isNotFound, sentenceOf } from './errors.ts';
import { Silence } from './vigilantWatch.ts';

const FIRST_WAIT_MS = 800;
const MOST_WAIT_MS = 30_000;
/** So often a watch may be refused before the objects are listed anew. */
const MOST_REFUSALS = 3;

export interface SetbacksOptions {
  /** What is followed: `revisions.serving.knative.dev`. */
  name(): string;
  /** For each line of the log. */
  about(): object;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
}

export class Setbacks {
  readonly #name: () => string;
  readonly #backoff: Backoff;
  readonly #complaints: Complaints;
  readonly #log: Log;
  readonly #about: () => object;
  /** How often in a row the server refused a watch from the same version. */
  #refusals = 0;

  constructor({ name, about, random, log }: SetbacksOptions) {
    this.#name = name;
    this.#backoff = backoff({ firstMs: FIRST_WAIT_MS, mostMs: MOST_WAIT_MS, random });
    this.#complaints = new Complaints(log, about);
    this.#log = log;
    this.#about = about;
  }

  /** There is another version to watch from. */
  listed(): void {
    this.#refusals = 0;
  }

  /** The watch told of something. */
  progressed(): void {
    this.#refusals = 0;
    this.#backoff.reset();
    this.#complaints.end(`${this.#name()} is followed again`);
  }

  /** Milliseconds to wait after a list that failed. */
  afterList(error: unknown): number {
    this.#complain('list', error);
    return this.#waitAfter(error);
  }

  /** Milliseconds to wait after a watch that ended as watches do. */
  afterEnd(wasGood: boolean): number {
    if (!wasGood) return this.#backoff.next();
    this.#backoff.reset();
    return 0;
  }

  /** Milliseconds to wait after a watch that failed, and whether the objects are to be listed then. */
  afterWatch(error: unknown, wasGood: boolean): { readonly wait: number; readonly listsAnew: boolean } {
    if (wasGood) this.#backoff.reset();
    const isCut = error instanceof ConnectionError;
    if (error instanceof ApiError) this.#refusals++;
    const listsAnew = !isCut && (this.#refusals > MOST_REFUSALS || !mayResume(error));
    // that a watch is cut is daily life; that it cannot be taken up again is not
    const isExpected = isGone(error) || isNotFound(error) || error instanceof Silence || (isCut && wasGood);
    if (!isExpected) this.#complain('watch', error);
    // thousands of objects, maybe: who wonders at the traffic finds why
    if (listsAnew) this.#log.info(this.#about(), `${this.#name()} is listed anew: ${sentenceOf(error)}`);
    return { wait: this.#waitAfter(error), listsAnew };
  }

  #waitAfter(error: unknown): number {
    const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    return Math.max(this.#backoff.next(), Math.min(asked, MOST_WAIT_MS));
  }

  #complain(verb: 'list' | 'watch', error: unknown): void {
    const hint = isForbidden(error) ? `; Weir may not ${verb} them: give its role the verbs list and watch` : '';
    this.#complaints.tell(`${this.#name()} cannot be followed: ${sentenceOf(error)}${hint}`);
  }
}

/** True where the server may take the watch up again from the same version: it is overloaded, or starts up. */
function mayResume(error: unknown): boolean {
  return error instanceof ApiError && !isGone(error) && !isNotFound(error) && !isForbidden(error);
}
