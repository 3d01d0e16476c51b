/**
 * Writes the status of PolicyExceptions. One replica does, the one that holds the Lease.
 *
 * It goes by what is and not by what happened: whatever changes asks for a pass over the cache, and a pass writes each
 * status that is not as it should be. So there is no queue that could overflow, and nothing that was missed stays so.
 * Nothing of this is on the way of a review.
 */
import { setImmediate } from 'node:timers/promises';
import { type Backoff, backoff } from '../../src/kubernetes/client/backoff.ts';
import type { Client } from '../../src/kubernetes/client/client.ts';
import { Complaints } from '../../src/kubernetes/client/complaints.ts';
import { ApiError, isConflict, isForbidden, isNotFound, sentenceOf } from '../../src/kubernetes/client/errors.ts';
import { type Election, joinElection } from '../../src/kubernetes/client/lease.ts';
import type { Place } from '../../src/kubernetes/client/resource.ts';
import type { Store } from '../../src/kubernetes/client/store.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import { equals, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import { referenceTo } from '../../src/kubernetes/object.ts';
import { ENVIRONMENT_LABEL } from '../../src/policy/environmentLabel.ts';
import { policyExceptions } from '../../src/policy/resource.ts';
import type { PolicyStore } from '../dependencies.ts';
import { type Home, nextChange, statusOf } from './status.ts';

export interface WriterOptions {
  readonly client: Client;
  readonly clock: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
  readonly lease: Place;
  /** Of this replica alone. */
  readonly identity: string;
  /** With their status and resourceVersion. */
  readonly exceptions: Store;
  /** With their labels. */
  readonly namespaces: Store;
  /** Before it, a namespace that is not in sight is no reason to say that it has no label. */
  readonly synced: Promise<void>;
  readonly policies: Pick<PolicyStore, 'policyFor'>;
}

export interface StatusWriter {
  /** Other policies judge from now on. */
  policiesChanged(): void;
  /** How many statuses the API server refused for good, since the start. */
  lost(): number;
  /** Gives the Lease back; nothing is under way afterwards. */
  stop(): Promise<void>;
}

export function writeStatuses(options: WriterOptions): StatusWriter {
  return new Writer(options);
}

/** Changes that come together are looked at together. */
const GATHER_MS = 500;
/** However quiet it is, everything is looked at again after this. */
const RESYNC_MS = 600_000;
/** So many are looked at before reviews have their turn. */
const AT_A_TIME = 200;
const CALL_MS = 10_000;

class Writer implements StatusWriter {
  readonly #options: WriterOptions;
  readonly #election: Election;
  readonly #backoff: Backoff;
  readonly #complaints: Complaints;
  readonly #ending = new AbortController();
  readonly #unsubscribe: (() => void)[];
  /** Whose status was refused for good: tried again once the object, or the policies, are others. */
  #refused = new WeakSet<JsonObject>();
  #hasSynced = false;
  #isDue = false;
  #work: Promise<void> | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #callOff: () => void = () => {};
  #lost = 0;

  constructor(options: WriterOptions) {
    const { client, clock, random, log, lease, identity, exceptions, namespaces, synced } = options;
    this.#options = options;
    this.#backoff = backoff({ firstMs: 1_000, mostMs: 60_000, random });
    this.#complaints = new Complaints(log, () => ({ lost: this.#lost }));
    const changed = (): void => this.#wakeIn(GATHER_MS);
    this.#unsubscribe = [
      exceptions.onChange(changed),
      namespaces.onChange(({ object, old }) => {
        if (labelOf(object) !== labelOf(old)) changed();
      }),
    ];
    this.#election = joinElection({ client, clock, random, log, lease, identity, onGain: changed });
    void synced.then(() => {
      this.#hasSynced = true;
      changed();
    });
  }

  policiesChanged(): void {
    this.#refused = new WeakSet();
    this.#wakeIn(GATHER_MS);
  }

  lost(): number {
    return this.#lost;
  }

  async stop(): Promise<void> {
    for (const end of this.#unsubscribe) end();
    this.#ending.abort();
    this.#callOff();
    await this.#work;
    this.#callOff();
    await this.#election.stop();
  }

  /** The earliest of those that were asked for counts. */
  #wakeIn(milliseconds: number): void {
    const { clock } = this.#options;
    const at = clock.now().getTime() + milliseconds;
    if (this.#ending.signal.aborted || at >= this.#dueAt) return;
    this.#callOff();
    this.#dueAt = at;
    this.#callOff = clock.after(milliseconds, () => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#begin();
    });
  }

  /** One pass at a time; what is asked for meanwhile is done after it. */
  #begin(): void {
    this.#isDue = true;
    this.#work ??= this.#run().finally(() => {
      this.#work = undefined;
    });
  }

  async #run(): Promise<void> {
    while (this.#isDue && this.#mayWrite()) {
      this.#isDue = false;
      try {
        await this.#pass();
        this.#backoff.reset();
        this.#complaints.end('the status of exceptions is written again');
      } catch (error) {
        if (this.#ending.signal.aborted) return;
        this.#complaints.tell(`the status of exceptions cannot be written: ${sentenceOf(error)}; trying again`);
        this.#wakeIn(this.#backoff.next());
      }
    }
  }

  #mayWrite(): boolean {
    return this.#hasSynced && this.#election.isLeader() && !this.#ending.signal.aborted;
  }

  async #pass(): Promise<void> {
    const { clock, exceptions } = this.#options;
    let wait = RESYNC_MS;
    let looked = 0;
    let failure: unknown;
    for (const exception of exceptions.all()) {
      if (++looked % AT_A_TIME === 0) await setImmediate();
      if (!this.#mayWrite()) return;
      const now = clock.now();
      const home = this.#homeOf(exception);
      const change = nextChange(exception, home, now);
      if (change !== undefined) wait = Math.min(wait, change.getTime() - now.getTime() + 1);
      try {
        await this.#write(exception, statusOf(exception, home, now));
      } catch (error) {
        // one that the server stumbles over must not keep the others from theirs
        if (!isStumble(error)) throw error;
        failure = error;
      }
    }
    if (failure !== undefined) throw failure;
    this.#wakeIn(wait);
  }

  #homeOf(exception: JsonObject): Home {
    const { namespaces, policies } = this.#options;
    const environment = labelOf(namespaces.find('', referenceTo(exception).namespace));
    return { environment, policy: environment === '' ? undefined : policies.policyFor(environment) };
  }

  /** Throws what may work later. */
  async #write(exception: JsonObject, status: JsonObject): Promise<void> {
    if (equals(exception.status, status) || this.#refused.has(exception)) return;

    const { namespace, name } = referenceTo(exception);
    const resourceVersion = stringAt(exception, 'metadata', 'resourceVersion') ?? '';
    // the version: a merge patch replaces the whole list of conditions, and those of others must not go back
    const body = { metadata: { resourceVersion }, status };
    const { signal } = this.#ending;
    try {
      const place = { namespace, name, subresource: 'status' };
      await this.#options.client.patch(
        policyExceptions,
        place,
        { type: 'merge', body },
        { signal, timeoutMs: CALL_MS },
      );
    } catch (error) {
      // it changed, or is gone: the cache hears of it, and then it is looked at again
      if (isConflict(error) || isNotFound(error)) return;
      if (mayWorkLater(error)) throw error;
      this.#lost++;
      this.#refused.add(exception);
      const why = `the status of exception ${name} is refused`;
      this.#options.log.warn({ namespace, name }, `${why}: ${sentenceOf(error)}`);
    }
  }
}

/** Also where the right is missing: somebody may give it. */
function mayWorkLater(error: unknown): boolean {
  return !(error instanceof ApiError) || isForbidden(error) || error.status === 429 || isStumble(error);
}

function isStumble(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 500;
}

function labelOf(namespace: JsonObject | undefined): string {
  return stringAt(objectAt(namespace, 'metadata', 'labels'), ENVIRONMENT_LABEL) ?? '';
}
