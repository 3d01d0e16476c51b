/** Runs controllers in one process: one set of caches, one Lease, and for each controller a queue with its workers. */
import { Registry } from 'prom-client';
import type { Client } from '../../src/kubernetes/client/client.ts';
import { type Election, type ElectionOptions, joinElection } from '../../src/kubernetes/client/lease.ts';
import { type Clock, pause } from '../../src/kubernetes/clock.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import { Caches } from './caches.ts';
import type { MakeController, News, Policies } from './controller.ts';
import { Member } from './member.ts';
import { managerMetrics } from './metrics.ts';

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
  /** By which its metric says that it leads where it needs no Lease for that. */
  readonly leadsAs?: string;
  /** The pod's name, for Events. */
  readonly instance: string;
  /** @param controller whose news it is */
  readonly announce?: (controller: string, news: News) => void;
  readonly registry?: Registry;
}

export interface Manager {
  readonly controllers: readonly RunningController[];
  readonly caches: Caches;
  readonly registry: Registry;
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

/** What of a controller others may look at. */
export type RunningController = Pick<Member, 'controller' | 'follows' | 'runner'>;

const STOP_MS = 10_000;

/** Starts at once; writes from when it leads and its caches are complete. */
export function startManager(options: ManagerOptions): Manager {
  return new RunningManager(options);
}

class RunningManager implements Manager {
  readonly controllers: readonly Member[];
  readonly caches: Caches;
  readonly registry: Registry;
  readonly #steady: Clock;
  readonly #election: Election | undefined;
  #leads = false;
  #isStopping = false;

  constructor(options: ManagerOptions) {
    const { client, clock, random, log, lease, registry = new Registry() } = options;
    this.#steady = options.steady ?? clock;
    this.registry = registry;
    this.caches = new Caches({ client, clock: this.#steady, random, log });
    const parts = { options, caches: this.caches, client, registry, onComplete: () => this.#startReady() };
    try {
      this.controllers = options.controllers.map((make) => new Member(make, parts));
      refuseNamesakes(this.controllers);
    } catch (error) {
      this.caches.stop(); // what follows for nobody would never let the process end
      throw error;
    }
    managerMetrics(registry, this, lease?.lease.name ?? options.leadsAs, () => this.#steady.now());
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
    if (!this.#leads || this.#isStopping) return;
    for (const member of this.controllers) if (member.hasSynced()) member.runner.start();
  }
}

/** Their queues, metrics and fields would be told apart by nothing. */
function refuseNamesakes(members: readonly Member[]): void {
  const names = members.map(({ controller }) => controller.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two controllers are called ${twice}`);
}
