/**
 * Who of several replicas leads, by a Lease (coordination.k8s.io/v1), as client-go's tools/leaderelection does it.
 *
 * A replica that sees the Lease unchanged for its whole duration takes it. A leader that could not renew it for a
 * shorter time (`renewWithinMs`) stops leading, so that it knows of its loss before another can lead. Both are measured by
 * timers on one machine: clocks that differ, or that are set, do not matter. There is no fencing: a process that stands
 * still for longer than the duration may finish a write that it had begun, which is why writes carry a resourceVersion.
 */

import { type Clock, pause } from '../clock.ts';
import { type JsonObject, numberAt, objectAt, stringAt } from '../json.ts';
import type { Log } from '../log.ts';
import type { Client } from './client.ts';
import { Complaints } from './complaints.ts';
import { isConflict, isNotFound, sentenceOf } from './errors.ts';
import type { Place, Resource } from './resource.ts';
import { microTime } from './time.ts';

export const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  isNamespaced: true,
};

export interface ElectionOptions {
  readonly client: Client;
  readonly lease: Place;
  /** Of this replica alone: its pod's name and something random. */
  readonly identity: string;
  readonly clock: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
  /** How long others wait after the last renewal that they saw; 15 s unless set, in whole seconds. */
  readonly durationMs?: number;
  /** How long a leader leads after it sent its last renewal that was taken; 10 s unless set, less than the duration. */
  readonly renewWithinMs?: number;
  /** Between two tries; 2 s unless set. */
  readonly retryMs?: number;
  readonly onGain?: () => void;
  /** Called before another can lead; whatever only the leader does must end here. */
  readonly onLoss?: () => void;
}

export interface Election {
  isLeader(): boolean;
  /** Whoever led when the Lease was last seen; empty where nobody did. */
  leader(): string;
  /** Stops leading at once, and then gives the Lease back, so that another need not wait. */
  stop(): Promise<void>;
}

/**
 * @example
 * const election = joinElection({ client, lease: { namespace: 'weir-system', name: 'weir-webhook' }, identity, clock, random, log });
 * if (election.isLeader()) await renewCertificate();
 */
export function joinElection(options: ElectionOptions): Election {
  return new Candidate(options);
}

const RELEASE_MS = 5_000;

class Candidate implements Election {
  readonly #options: ElectionOptions;
  readonly #durationMs: number;
  readonly #renewWithinMs: number;
  readonly #retryMs: number;
  readonly #ending = new AbortController();
  readonly #complaints: Complaints;
  readonly #done: Promise<void>;
  #isLeader = false;
  /** The Lease as it was last seen or written. */
  #seen: JsonObject | undefined;
  /** True once the Lease as it was last seen stood unchanged for its duration. */
  #isExpired = false;
  #callOffExpiry: () => void = () => {};
  #callOffLoss: () => void = () => {};

  constructor(options: ElectionOptions) {
    const { durationMs = 15_000, renewWithinMs = 10_000, retryMs = 2_000 } = options;
    if (renewWithinMs >= durationMs || retryMs >= renewWithinMs) {
      throw new Error('a leader must try again before its renewal is due, and that must be before its Lease ends');
    }
    this.#options = options;
    this.#durationMs = durationMs;
    this.#renewWithinMs = renewWithinMs;
    this.#retryMs = retryMs;
    this.#complaints = new Complaints(options.log, () => ({ lease: options.lease }));
    this.#done = this.#run();
  }

  isLeader(): boolean {
    return this.#isLeader;
  }

  leader(): string {
    return holderOf(this.#seen);
  }

  async stop(): Promise<void> {
    const wasLeader = this.#isLeader;
    this.#lose();
    this.#ending.abort();
    this.#callOffExpiry();
    await this.#done;
    this.#callOffExpiry();
    if (wasLeader) await this.#release();
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#tryOnce();
      // replicas that started together shall not ask together
      await pause(clock, this.#retryMs * (1 + 0.2 * random()), signal);
    }
  }

  async #tryOnce(): Promise<void> {
    try {
      await this.#take();
      this.#complaints.end('the Lease is renewed again');
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      this.#complaints.tell(`the Lease cannot be read or written: ${sentenceOf(error)}`);
    }
  }

  /** Takes or renews the Lease where that is ours to do. */
  async #take(): Promise<void> {
    if (this.#isLeader && this.#seen !== undefined) {
      try {
        return await this.#write(this.#seen);
      } catch (error) {
        if (!isConflict(error) && !isNotFound(error)) throw error;
      }
    }
    const stored = await this.#read();
    if (stored === undefined) return this.#write(undefined);

    this.#see(stored);
    const holder = holderOf(stored);
    if (holder !== '' && holder !== this.#options.identity && !this.#isExpired) {
      this.#lose();
      return;
    }
    try {
      await this.#write(stored);
    } catch (error) {
      // another was faster
      if (!isConflict(error)) throw error;
    }
  }

  async #read(): Promise<JsonObject | undefined> {
    try {
      return await this.#options.client.get(leases, this.#options.lease, this.#call());
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #write(stored: JsonObject | undefined): Promise<void> {
    // from before the request: others count from when they see what it wrote, which is later
    let isLate = false;
    const callOff = this.#options.clock.after(this.#renewWithinMs, () => {
      isLate = true;
      this.#lose();
    });
    try {
      this.#see(await this.#send(stored));
    } catch (error) {
      callOff();
      throw error;
    }
    if (isLate || this.#ending.signal.aborted) callOff();
    else this.#lead(callOff);
  }

  #lead(callOff: () => void): void {
    this.#callOffLoss();
    this.#callOffLoss = callOff;
    if (this.#isLeader) return;
    this.#isLeader = true;
    this.#options.log.info({ lease: this.#options.lease }, `${this.#options.identity} leads`);
    this.#options.onGain?.();
  }

  async #send(stored: JsonObject | undefined): Promise<JsonObject> {
    const { client, clock, identity, lease } = this.#options;
    const now = microTime(clock.now());
    const isOurs = holderOf(stored) === identity;
    const transitions = numberAt(stored, 'spec', 'leaseTransitions') ?? 0;
    const spec = {
      ...objectAt(stored, 'spec'),
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#durationMs / 1000),
      acquireTime: (isOurs ? stringAt(stored, 'spec', 'acquireTime') : undefined) ?? now,
      renewTime: now,
      leaseTransitions: isOurs || stored === undefined ? transitions : transitions + 1,
    };
    return stored === undefined
      ? client.create(leases, leaseAt(lease, spec), this.#call())
      : client.update(leases, { ...stored, spec }, this.#call());
  }

  /** Whoever sees the Lease change waits for its whole duration anew. */
  #see(lease: JsonObject): void {
    if (versionOf(lease) === versionOf(this.#seen)) return;
    this.#seen = lease;
    this.#isExpired = false;
    this.#callOffExpiry();
    const seconds = numberAt(lease, 'spec', 'leaseDurationSeconds') ?? this.#durationMs / 1000;
    this.#callOffExpiry = this.#options.clock.after(seconds * 1000, () => {
      this.#isExpired = true;
    });
  }

  #lose(): void {
    this.#callOffLoss();
    if (!this.#isLeader) return;
    this.#isLeader = false;
    this.#options.log.info({ lease: this.#options.lease }, `${this.#options.identity} leads no more`);
    this.#options.onLoss?.();
  }

  async #release(): Promise<void> {
    const { client, clock } = this.#options;
    if (this.#seen === undefined || holderOf(this.#seen) !== this.#options.identity) return;
    const { holderIdentity: _, ...spec } = objectAt(this.#seen, 'spec') ?? {};
    const released = { ...spec, leaseDurationSeconds: 1, renewTime: microTime(clock.now()) };
    try {
      await client.update(leases, { ...this.#seen, spec: released }, { timeoutMs: RELEASE_MS });
    } catch (error) {
      this.#complaints.tell(`the Lease cannot be read or written: ${sentenceOf(error)}`);
    }
  }

  /** One request may take the time in which a leader must renew: a second one then still can. */
  #call(): { readonly signal: AbortSignal; readonly timeoutMs: number } {
    return { signal: this.#ending.signal, timeoutMs: this.#renewWithinMs / 2 };
  }
}

function leaseAt({ namespace = '', name }: Place, spec: JsonObject): JsonObject {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace, name }, spec };
}

function holderOf(lease: JsonObject | undefined): string {
  return stringAt(lease, 'spec', 'holderIdentity') ?? '';
}

function versionOf(lease: JsonObject | undefined): string | undefined {
  return stringAt(lease, 'metadata', 'resourceVersion');
}
