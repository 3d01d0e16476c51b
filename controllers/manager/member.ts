/** One controller among the others of a process: what it is given, what it follows, and what runs it. */
import type { Registry } from 'prom-client';
import type { Client } from '../../src/kubernetes/client/client.ts';
import { sentenceOf } from '../../src/kubernetes/client/errors.ts';
import { type EventRecorder, recordEvents } from '../../src/kubernetes/client/events.ts';
import type { Change } from '../../src/kubernetes/client/store.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import type { Caches } from './caches.ts';
import type {
  Controller,
  Followed,
  FollowOptions,
  MakeController,
  News,
  Policies,
  Right,
  Tools,
} from './controller.ts';
import { controllerMetrics } from './metrics.ts';
import { followRight } from './rights.ts';
import { Runner } from './runner.ts';

export interface MemberParts {
  readonly options: {
    readonly policies: Policies;
    readonly clock: Clock;
    readonly steady?: Clock;
    readonly random: () => number;
    readonly log: Log;
    readonly instance: string;
    readonly announce?: (controller: string, news: News) => void;
  };
  readonly client: Client;
  readonly caches: Caches;
  readonly registry: Registry;
  /** What it follows since it runs is complete, or is followed no more: from then on it may begin. */
  readonly onComplete: () => void;
}

interface Following {
  readonly options: FollowOptions;
  readonly followed: Followed;
}

/** How long a cache that is followed later is waited for. */
const LATE_MS = 10_000;

/** Ten thousand schedules may begin a window at one moment, and each tells of it: about a kilobyte that waits. */
const MOST_EVENTS = 20_000;

export class Member {
  readonly controller: Controller;
  readonly runner: Runner;
  readonly events: EventRecorder;
  readonly #following: Following[] = [];
  readonly #log: Log;
  readonly #steady: Clock;
  readonly #onComplete: () => void;
  /** The keys that come before the controller has a name. */
  #early: string[] | undefined = [];
  #isBeingTold = false;

  constructor(make: MakeController, { options, client, caches, registry, onComplete }: MemberParts) {
    this.#onComplete = onComplete;
    const { clock, random, policies, instance, announce } = options;
    const steady = options.steady ?? clock;
    this.#steady = steady;
    let name = '';
    const log = named(options.log, () => name);
    this.#log = log;
    this.runner = new Runner({
      client,
      clock,
      steady,
      random,
      log,
      onWritten: (resource, object) => caches.wrote(resource, object),
    });
    let events: EventRecorder | undefined;
    this.controller = make({
      follow: (wanted) => this.#follow(wanted, caches),
      enqueue: (key) => this.#enqueue(key),
      policies,
      clock,
      random,
      log,
      record: (happening) => events?.record(happening),
      announce: (news) => announce?.(name, news),
      registry,
    } satisfies Tools);
    name = this.controller.name;
    events = recordEvents({
      client,
      controller: `weir.dev/${name}`,
      instance,
      clock: steady,
      random,
      log,
      most: MOST_EVENTS,
    });
    this.events = events;

    this.runner.runs(this.controller, () => this.#rights(), controllerMetrics(registry, name));
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const key of early) this.#enqueue(key);
  }

  get follows(): readonly FollowOptions[] {
    return this.#following.map(({ options }) => options);
  }

  hasSynced(): boolean {
    return this.#following.every(({ followed }) => followed.hasSynced());
  }

  /** Everything that is there, once more: another led meanwhile, and what it left undone is not known. */
  addAll(): void {
    for (const { options, followed } of this.#following) {
      for (const object of followed.store.all()) this.#heard(options, { object });
    }
  }

  /** Undefined where the controller does not say what it needs. */
  #rights(): readonly Right[] | undefined {
    const { rights } = this.controller;
    return rights === undefined ? undefined : [...rights, ...this.follows.map(followRight)];
  }

  #follow(wanted: FollowOptions, caches: Caches): Followed {
    const follower = caches.of(wanted);
    if (this.#early === undefined && !follower.hasSynced()) this.#awaitLate(follower);
    const hearing = [follower.store.onChange((change) => this.#heard(wanted, change))];
    for (const object of follower.store.all()) this.#heard(wanted, { object });
    const followed: Followed = {
      store: follower.store,
      get resource() {
        return follower.resource;
      },
      hasSynced: () => follower.hasSynced(),
      isServed: () => follower.isServed(),
      onServed: (listener) => void hearing.push(follower.onServed(listener)),
      leave: () => {
        const index = this.#following.indexOf(following);
        if (index < 0) return;
        this.#following.splice(index, 1);
        for (const hearNoMore of hearing) hearNoMore();
        caches.release(follower);
        this.#onComplete();
      },
    };
    const following: Following = { options: wanted, followed };
    this.#following.push(following);
    return followed;
  }

  /** Who follows more while it runs looks at it when it is complete; what never is holds up the rest for a while alone. */
  #awaitLate({ synced }: { readonly synced: Promise<void> }): void {
    this.runner.hold();
    let isHeld = true;
    const release = (): void => {
      if (isHeld) this.runner.release();
      isHeld = false;
    };
    const callOff = this.#steady.after(LATE_MS, release);
    void synced.then(() => {
      callOff();
      release();
      this.#onComplete();
    });
  }

  #heard({ resource, keysOf }: FollowOptions, change: Change): void {
    this.#letItBeTold();
    try {
      for (const key of keysOf?.(change) ?? []) this.#enqueue(key);
    } catch (error) {
      // a mistake in it shall not end the watch that others look at, too
      const sentence = `a change of ${resource.plural} concerns nobody knows whom: ${sentenceOf(error)}`;
      this.#log.error({ resource: resource.plural }, sentence);
    }
  }

  /**
   * No round begins before everybody has heard of the change. What the controller keeps beside the store, an index of it,
   * hears after this: a round that looked there now would see what was, and nobody would call it again.
   */
  #letItBeTold(): void {
    if (this.#isBeingTold) return;
    this.#isBeingTold = true;
    this.runner.hold();
    queueMicrotask(() => {
      this.#isBeingTold = false;
      this.runner.release();
    });
  }

  #enqueue(key: string): void {
    if (this.#early === undefined) this.runner.queue.add(key);
    else this.#early.push(key);
  }
}

/** Each line says of which controller it is. */
function named(log: Log, name: () => string): Log {
  return {
    debug: (details, message) => log.debug({ controller: name(), ...details }, message),
    info: (details, message) => log.info({ controller: name(), ...details }, message),
    warn: (details, message) => log.warn({ controller: name(), ...details }, message),
    error: (details, message) => log.error({ controller: name(), ...details }, message),
  };
}
