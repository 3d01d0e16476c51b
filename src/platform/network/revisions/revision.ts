/**
 * One Revision: who waits, who goes where, and who is counted. The rules of the activator and of the queue-proxy are
 * Knative's, each kept as its own; see README.md for where they meet.
 */
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Caller } from '../exchange/call.ts';
import type { Instance, PlaneReport, RevisionKey, RevisionSettings } from '../plane.ts';
import { Counters } from './counters.ts';
import type { RunningInstance } from './instance.ts';
import { Instances } from './instances.ts';
import { Line } from './line.ts';
import type { Memory } from './memory.ts';
import { type Policy, policyFor } from './policy.ts';
import type { Refusal, Ticket } from './ticket.ts';

/** Requests that may wait in the activator where containerConcurrency is above 0 (pkg/activator/net/throttler.go, breakerQueueDepth). */
const ACTIVATOR_DEPTH = 10_000;
/** An instance's queue holds so many times its containerConcurrency (pkg/queue/sharedmain/main.go, buildBreaker). */
const QUEUE_FACTOR = 10;

export interface RevisionDependencies {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Of all Revisions together. */
  readonly memory: Memory;
  /** For a new instance. */
  connect(instance: Instance, settings: RevisionSettings): Caller;
  /** The first request waits, and no instance is there. */
  onWaiting(key: RevisionKey): void;
}

export class Revision {
  readonly key: RevisionKey;
  settings: RevisionSettings;
  isProxied = false;
  readonly #deps: RevisionDependencies;
  readonly #instances: Instances;
  #policy: Policy;
  readonly #waiting: Line;
  readonly #counters: Counters;
  #isGone = false;

  constructor(key: RevisionKey, settings: RevisionSettings, deps: RevisionDependencies) {
    this.key = key;
    this.settings = settings;
    this.#deps = deps;
    this.#policy = policyFor(settings.containerConcurrency, deps.random);
    this.#waiting = new Line(deps.memory);
    this.#counters = new Counters(deps.clock);
    this.#instances = new Instances({
      clock: deps.clock,
      connect: (instance) => deps.connect(instance, this.settings),
      onAvailable: () => this.#serveWaiting(),
    });
  }

  get instanceCount(): number {
    return this.#instances.size;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  get queuedCount(): number {
    return this.#instances.sum(({ queue }) => queue.size);
  }

  get activeCount(): number {
    return this.#instances.sum(({ inFlight }) => inFlight);
  }

  update(settings: RevisionSettings): void {
    if (settings.containerConcurrency !== this.settings.containerConcurrency) {
      this.#policy = policyFor(settings.containerConcurrency, this.#deps.random);
    }
    this.settings = settings;
    this.#serveWaiting();
  }

  setInstances(instances: readonly Instance[]): void {
    this.#instances.replace(instances);
    if (this.#instances.size === 0 && this.waitingCount > 0) this.#deps.onWaiting(this.key);
  }

  /** Those that wait are refused, and what runs goes on. */
  remove(): void {
    this.#isGone = true;
    for (const ticket of this.#waiting.all()) this.#refuse(ticket, 'gone');
    this.setInstances([]);
  }

  /** Resolves when the instance has no request any more; at once where it is not known. */
  drained(uid: string, atMost: number): Promise<void> {
    return this.#instances.drained(uid, atMost);
  }

  report(): PlaneReport {
    return this.#counters.report();
  }

  /** A request comes: it starts, waits or is refused, each perhaps before this returns. */
  enter(ticket: Ticket): void {
    ticket.arrived = this.#counters.now();
    if (this.#isGone) {
      this.#refuse(ticket, 'gone');
      return;
    }
    if (this.isProxied || this.#instances.available.length === 0) {
      this.#enterActivator(ticket);
      return;
    }

    const instance = this.#policy(this.#instances.available);
    if (instance !== undefined) {
      this.#run(ticket, instance);
      return;
    }
    this.#enterQueue(ticket);
  }

  /** The request is over, or nobody waits for it any more. Safe to call again. */
  leave(ticket: Ticket): void {
    const { place, instance } = ticket;
    if (place === 'done') return;
    this.#takeOut(ticket);
    ticket.place = 'done';
    if (ticket.isProxied) this.#counters.activatorOut();
    if (instance !== undefined) this.#afterwards(instance);
  }

  /** The instance took no connection, so that the request has not begun: it goes to another, before all that wait. */
  moveOn(ticket: Ticket): void {
    const { instance } = ticket;
    if (instance === undefined || ticket.place !== 'instance') return;
    this.#takeOut(ticket);
    this.#instances.setAside(instance);
    this.#afterwards(instance);
    this.again(ticket);
  }

  /** The same for a request that may be sent twice; the instance broke the connection, and gets it only where it is the only one. */
  again(ticket: Ticket): void {
    const { instance } = ticket;
    if (ticket.place === 'instance') {
      this.#takeOut(ticket);
      if (instance !== undefined) this.#afterwards(instance);
    }
    if (this.#isGone) {
      this.#refuse(ticket, 'gone');
      return;
    }
    const others = this.#instances.available.filter((each) => each !== instance);
    const next = this.#policy(others.length > 0 ? others : this.#instances.available);
    if (next !== undefined) {
      this.#run(ticket, next);
      return;
    }
    if (!ticket.isProxied) this.#count(ticket);
    this.#wait(ticket, true);
  }

  #enterActivator(ticket: Ticket): void {
    this.#count(ticket);
    if (this.settings.containerConcurrency > 0 && this.waitingCount >= ACTIVATOR_DEPTH) {
      this.#refuse(ticket, 'full');
      return;
    }
    const instance = this.waitingCount === 0 ? this.#policy(this.#instances.available) : undefined;
    if (instance !== undefined) {
      this.#run(ticket, instance);
      return;
    }
    if (!this.#waiting.hasRoomFor(ticket)) {
      this.#refuse(ticket, 'memory');
      return;
    }
    ticket.isColdStart = this.#instances.size === 0;
    this.#wait(ticket, false);
  }

  #wait(ticket: Ticket, isReturned: boolean): void {
    ticket.place = 'activator';
    this.#waiting.add(ticket, isReturned);
    if (this.waitingCount === 1 && this.#instances.size === 0) this.#deps.onWaiting(this.key);
  }

  /** All are busy, and the activator is not in the way: the shortest queue of an instance. */
  #enterQueue(ticket: Ticket): void {
    let shortest = this.#instances.available[0];
    for (const each of this.#instances.available) {
      if (shortest === undefined || each.queue.size < shortest.queue.size) shortest = each;
    }
    if (shortest === undefined) {
      this.#enterActivator(ticket);
      return;
    }
    // counted also where it is refused, as a reason to have more instances
    ticket.place = 'queue';
    ticket.instance = shortest;
    this.#counters.in(ticket.isProxied);
    if (shortest.queue.size >= QUEUE_FACTOR * this.settings.containerConcurrency) {
      this.#refuse(ticket, 'full');
      return;
    }
    shortest.queue.add(ticket);
  }

  #count(ticket: Ticket): void {
    ticket.isProxied = true;
    this.#counters.activatorIn();
  }

  #run(ticket: Ticket, instance: RunningInstance): void {
    if (ticket.place !== 'queue') this.#counters.in(ticket.isProxied);
    ticket.place = 'instance';
    ticket.instance = instance;
    instance.inFlight++;
    ticket.start(instance);
  }

  #refuse(ticket: Ticket, reason: Refusal): void {
    this.leave(ticket);
    ticket.refuse(reason);
  }

  /** Out of whatever line it stands in, and out of the counts of its instance. */
  #takeOut(ticket: Ticket): void {
    const { instance } = ticket;
    if (ticket.place === 'activator') this.#waiting.delete(ticket);
    if (instance === undefined) return;
    if (ticket.place === 'instance') instance.inFlight--;
    if (ticket.place === 'queue') instance.queue.delete(ticket);
    this.#counters.out(ticket.isProxied);
    ticket.instance = undefined;
    ticket.place = 'new';
  }

  /** The instance has room for one more, or is through. */
  #afterwards(instance: RunningInstance): void {
    const most = this.settings.containerConcurrency;
    while (most === 0 || instance.inFlight < most) {
      const [next] = instance.queue;
      const other = this.#waiting.first;
      const isOthersTurn =
        other !== undefined &&
        this.#instances.isAvailable(instance) &&
        !(next !== undefined && next.arrived <= other.arrived);
      if (isOthersTurn) {
        this.#dispatch(other, instance);
      } else if (next !== undefined) {
        instance.queue.delete(next);
        this.#run(next, instance);
      } else {
        break;
      }
    }
    this.#instances.settle(instance);
  }

  #dispatch(ticket: Ticket, instance: RunningInstance): void {
    this.#takeOut(ticket);
    this.#run(ticket, instance);
  }

  /** As long as somebody waits and somebody has room. */
  #serveWaiting(): void {
    while (this.waitingCount > 0) {
      const ticket = this.#waiting.first;
      const instance = this.#policy(this.#instances.available);
      if (ticket === undefined || instance === undefined) return;
      this.#dispatch(ticket, instance);
    }
  }
}
