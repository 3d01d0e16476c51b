/** Runs one controller: its queue, its workers, and what becomes of each round. */
import type { Client } from '../../src/kubernetes/client/client.ts';
import { ApiError, isConflict, sentenceOf } from '../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import { type QueueObserver, WorkQueue } from '../../src/kubernetes/workQueue.ts';
import type { Controller, Outcome, Right } from './controller.ts';
import { roundClient } from './roundClient.ts';

export interface RunnerOptions {
  readonly client: Client;
  /** Says when a moment has come. */
  readonly clock: Clock;
  /** Measures how long something takes. */
  readonly steady: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
  /** How long one round may take; 2 minutes unless set. */
  readonly roundMs?: number;
  onWritten(resource: Resource, object: JsonObject): void;
}

export type RoundResult = 'success' | 'requeue_after' | 'error';

/** Hears of rounds, for metrics. */
export interface RoundObserver {
  round(result: RoundResult, seconds: number): void;
  /** A round took longer than it may. */
  tookTooLong(): void;
}

export type RunnerObserver = QueueObserver & RoundObserver;

const ROUND_MS = 120_000;

/** A round ends before it is done, and not by its own fault. */
export class Interrupted extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Interrupted';
  }
}

export class Runner {
  readonly queue: WorkQueue;
  readonly #options: RunnerOptions;
  readonly #rounds = new Map<AbortController, Promise<void>>();
  #controller: Controller | undefined;
  #rights: () => readonly Right[] | undefined = () => undefined;
  #observer: RunnerObserver | undefined;
  #mayWork = false;
  /** How many reasons there are to wait with the next round. */
  #holds = 0;
  /** Workers that are taken; a round that took too long has none any more. */
  #busy = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    const { clock, steady, random } = options;
    this.queue = new WorkQueue({
      clock,
      steady,
      random,
      onReady: () => this.#work(),
      observer: {
        added: () => this.#observer?.added(),
        taken: (seconds) => this.#observer?.taken(seconds),
        worked: (seconds) => this.#observer?.worked(seconds),
        retried: () => this.#observer?.retried(),
      },
    });
  }

  /** @param rights what it needs now; undefined where the controller does not say */
  runs(controller: Controller, rights: () => readonly Right[] | undefined, observer: RunnerObserver): void {
    this.#controller = controller;
    this.#rights = rights;
    this.#observer = observer;
  }

  get workers(): number {
    return this.#controller?.workers ?? 1;
  }

  /** How many rounds are under way. */
  get active(): number {
    return this.#rounds.size;
  }

  start(): void {
    this.#mayWork = true;
    this.#work();
  }

  /** Begins no round any more; those that are under way go on. */
  pause(): void {
    this.#mayWork = false;
  }

  /** Begins no round until it is released as often. */
  hold(): void {
    this.#holds++;
  }

  release(): void {
    this.#holds--;
    this.#work();
  }

  /** Ends what is under way at once: nothing is written after this returns but what is on its way already. */
  interrupt(reason: string): void {
    this.#mayWork = false;
    for (const ending of this.#rounds.keys()) ending.abort(new Interrupted(reason));
  }

  /** Resolves when no round is under way. */
  async rest(): Promise<void> {
    await Promise.all(this.#rounds.values());
  }

  #work(): void {
    const controller = this.#controller;
    while (controller !== undefined && this.#mayWork && this.#holds === 0 && this.#busy < this.workers) {
      const key = this.queue.take();
      if (key === undefined) return;
      const ending = new AbortController();
      this.#busy++;
      const round = this.#round(controller, key, ending).finally(() => {
        this.#rounds.delete(ending);
        this.#work();
      });
      this.#rounds.set(ending, round);
    }
  }

  async #round(controller: Controller, key: string, ending: AbortController): Promise<void> {
    const { steady, roundMs = ROUND_MS } = this.#options;
    const began = steady.now().getTime();
    const seconds = (): number => Math.max(0, steady.now().getTime() - began) / 1000;
    let isBusy = true;
    const leave = (): void => {
      if (isBusy) this.#busy--;
      isBusy = false;
    };
    const callOff = steady.after(roundMs, () => {
      ending.abort(new Error(`the round took longer than ${roundMs / 1000} s`));
      this.#observer?.tookTooLong();
      // whoever hears of no signal keeps its key, and not the place of others
      leave();
      this.#work();
    });
    try {
      const outcome = await this.#reconcile(controller, key, ending.signal);
      this.queue.done(key, outcome?.again);
      this.#observer?.round(outcome?.again === undefined ? 'success' : 'requeue_after', seconds());
    } catch (error) {
      if (ending.signal.reason instanceof Interrupted) this.queue.giveBack(key);
      else {
        this.#observer?.round('error', seconds());
        this.#fail(controller, key, ending.signal.aborted ? ending.signal.reason : error);
      }
    } finally {
      callOff();
      leave();
    }
  }

  async #reconcile(controller: Controller, key: string, signal: AbortSignal): Promise<Outcome | undefined> {
    const { client, onWritten } = this.#options;
    const fieldManager = `weir-${controller.name}`;
    const outcome = await controller.reconcile(key, {
      client: roundClient(client, { fieldManager, signal, rights: this.#rights(), onWritten }),
      signal,
    });
    if (outcome?.again !== undefined && Number.isNaN(outcome.again.getTime())) {
      throw new Error('the controller asks to be called again at no moment at all');
    }
    return outcome;
  }

  #fail({ name }: Controller, key: string, error: unknown): void {
    const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    this.queue.failed(key, asked);
    const about = { controller: name, key, failures: this.queue.failuresOf(key) };
    const sentence = `${key} could not be brought to what it should be: ${sentenceOf(error)}`;
    // somebody else was faster, which the next round sees
    if (isConflict(error)) this.#options.log.debug(about, sentence);
    else this.#options.log.warn(about, sentence);
  }
}
