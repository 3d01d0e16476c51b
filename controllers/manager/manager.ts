/** Runs controllers in one process: one set of caches, one Lease, and for each controller a queue with its workers. */
import { Registry } from 'prom-client';
import type { Client } from '../../src/kubernetes/client/client.ts';
import { sentenceOf } from '../../src/kubernetes/client/errors.ts';
import { type EventRecorder, recordEvents } from '../../src/kubernetes/client/events.ts';
import { type Election, type ElectionOptions, joinElection } from '../../src/kubernetes/client/lease.ts';
import type { Change } from '../../src/kubernetes/client/store.ts';
import { type Clock, pause } from '../../src/kubernetes/clock.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import { Caches } from './caches.ts';
import type { Controller, Followed, FollowOptions, MakeController, News, Policies, Tools } from './controller.ts';
import { followRights } from './rights.ts';
import { Runner } from './runner.ts';

export interface ManagerOptions {
  readonly controllers: readonly MakeController[];
  readonly client: Client;
  readonly policies: Policies;
  /** What the controllers take for the time: when a moment has come. */
  readonly clock: Clock;
  /** Measures how long something takes or has to wait: requests, the Lease, retries. The same unless a test moves `clock`. */
  readonly steady?: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
  /** Where replicas agree on who leads, with times where others than the usual ones are wanted; absent: it is alone. */
  readonly lease?: Pick<ElectionOptions, 'lease' | 'identity' | 'durationMs' | 'renewWithinMs' | 'retryMs'>;
  /** The pod's name, for Events. */
  readonly instance: string;
  readonly announce?: (news: News) => void;
  readonly registry?: Registry;
}

export interface Manager {
  readonly controllers: readonly RunningController[];
  readonly caches: Caches;
  isLeader(): boolean;
  /** Of the leader, as the Lease was last seen; empty where nobody leads. */
  leader(): string;
  hasSynced(): boolean;
  /** `services.serving.knative.dev` of those that were not listed yet. */
  unsynced(): readonly string[];
  /** How many Events were not written. */
  lostEvents(): number;
  /** Begins nothing new, lets what is under way finish, and gives the Lease back. */
  stop(withinMs?: number): Promise<void>;
}

export interface RunningController {
  readonly controller: Controller;
  readonly follows: readonly FollowOptions[];
  readonly runner: Runner;
}

const STOP_MS = 10_000;

/** Starts at once; writes from when it leads and its caches are complete. */
export function startManager(options: ManagerOptions): Manager {
  return new RunningManager(options);
}

interface Followers {
  readonly options: FollowOptions;
  readonly followed: Followed;
}

class Member implements RunningController {
  readonly runner: Runner;
  readonly followers: Followers[] = [];
  readonly events: EventRecorder;
  readonly controller: Controller;
  readonly #log: Log;

  constructor(make: MakeController, parts: MemberParts) {
    const { options, caches, client } = parts;
    const { clock, random, policies, announce = () => {} } = options;
    const steady = options.steady ?? clock;
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
    const { queue } = this.runner;
    let events: EventRecorder | undefined;
    const tools: Tools = {
      follow: (wanted) => this.#follow(wanted, caches),
      enqueue: (key) => queue.add(key),
      policies,
      clock,
      random,
      log,
      record: (happening) => events?.record(happening),
      announce,
      registry: parts.registry,
    };
    this.controller = make(tools);
    name = this.controller.name;
    events = recordEvents({
      client,
      controller: `weir.dev/${name}`,
      instance: options.instance,
      clock: steady,
      random,
      log,
    });
    this.events = events;
    const { rights } = this.controller;
    this.runner.runs(
      this.controller,
      rights === undefined ? undefined : [...rights, ...this.follows.flatMap(followRights)],
    );
  }

  get follows(): readonly FollowOptions[] {
    return this.followers.map(({ options }) => options);
  }

  hasSynced(): boolean {
    return this.followers.every(({ followed }) => followed.hasSynced());
  }

  /** Everything that is there, once more: another led meanwhile, and what it left undone is not known. */
  addAll(): void {
    for (const { options, followed } of this.followers) {
      for (const object of followed.store.all()) this.#add(options, { object });
    }
  }

  #add({ resource, keysOf }: FollowOptions, change: Change): void {
    try {
      for (const key of keysOf?.(change) ?? []) this.runner.queue.add(key);
    } catch (error) {
      // a mistake in it shall not end the watch that others look at, too
      const sentence = `a change of ${resource.plural} concerns nobody knows whom: ${sentenceOf(error)}`;
      this.#log.error({ resource: resource.plural }, sentence);
    }
  }

  #follow(wanted: FollowOptions, caches: Caches): Followed {
    const follower = caches.of(wanted);
    follower.store.onChange((change) => this.#add(wanted, change));
    for (const object of follower.store.all()) this.#add(wanted, { object });
    const followed: Followed = {
      store: follower.store,
      get resource() {
        return follower.resource;
      },
      hasSynced: () => follower.hasSynced(),
      isServed: () => follower.isServed(),
    };
    this.followers.push({ options: wanted, followed });
    return followed;
  }
}

interface MemberParts {
  readonly options: ManagerOptions;
  readonly caches: Caches;
  readonly client: Client;
  readonly registry: Registry;
}

class RunningManager implements Manager {
  readonly controllers: readonly Member[];
  readonly caches: Caches;
  readonly #steady: Clock;
  readonly #election: Election | undefined;
  #leads = false;
  #isStopping = false;

  constructor(options: ManagerOptions) {
    const { client, clock, random, log, lease, registry = new Registry() } = options;
    this.#steady = options.steady ?? clock;
    this.caches = new Caches({ client, clock: this.#steady, random, log });
    const parts = { options, caches: this.caches, client, registry };
    this.controllers = options.controllers.map((make) => new Member(make, parts));
    for (const { follower } of this.caches.all()) void follower.synced.then(() => this.#startReady());
    if (lease === undefined) this.#lead();
    else {
      const { steady: clockOfLease = clock } = options;
      this.#election = joinElection({
        ...lease,
        client,
        clock: clockOfLease,
        random,
        log,
        onGain: () => this.#lead(),
        onLoss: () => this.#lose(),
      });
    }
  }

  isLeader(): boolean {
    return this.#leads;
  }

  leader(): string {
    return this.#election?.leader() ?? '';
  }

  hasSynced(): boolean {
    return this.controllers.every((member) => member.hasSynced());
  }

  unsynced(): readonly string[] {
    return this.caches.unsynced();
  }

  lostEvents(): number {
    return this.controllers.reduce((sum, { events }) => sum + events.lost(), 0);
  }

  async stop(withinMs = STOP_MS): Promise<void> {
    this.#isStopping = true;
    for (const { runner } of this.controllers) runner.pause();
    const late = new AbortController();
    const rest = Promise.all(this.controllers.map(({ runner }) => runner.rest())).then(() => late.abort());
    // while it still leads: what is written until then is written by the leader
    await pause(this.#steady, withinMs, late.signal);
    this.#lose();
    await this.#election?.stop();
    await Promise.race([rest, pause(this.#steady, withinMs, late.signal)]);
    for (const { runner } of this.controllers) runner.queue.stop();
    this.caches.stop();
    await Promise.all(this.controllers.map(({ events }) => events.stop()));
  }

  #lead(): void {
    if (this.#isStopping) return;
    this.#leads = true;
    for (const member of this.controllers) member.addAll();
    this.#startReady();
  }

  #lose(): void {
    this.#leads = false;
    for (const { runner } of this.controllers) runner.interrupt('this replica leads no more');
  }

  /** Who looks at caches that are not complete takes what is there for missing. */
  #startReady(): void {
    if (!this.#leads) return;
    for (const member of this.controllers) if (member.hasSynced()) member.runner.start();
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
