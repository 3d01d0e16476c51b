/** What a controller is, and what it is given. The manager runs it; a test runs it with a clock and a client of its own. */
import type { Registry } from 'prom-client';
import type { Client } from '../../src/kubernetes/client/client.ts';
import type { Happening } from '../../src/kubernetes/client/events.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import type { Change, Store } from '../../src/kubernetes/client/store.ts';
import type { Selection } from '../../src/kubernetes/client/watch.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import type { Keep } from '../../src/kubernetes/keep.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import type { News } from '../../src/process/cloudEvents/event.ts';

export type { News } from '../../src/process/cloudEvents/event.ts';

/**
 * Called once when the process starts, also in a replica that does not lead: it says what it follows, and hands out what
 * reconciles. Nothing is written before `reconcile` is called.
 */
export type MakeController = (tools: Tools) => Controller;

export interface Controller {
  /** `schedule`: names its queue and its metrics; its fieldManager is `weir-schedule`. */
  readonly name: string;
  /** How many keys are looked at side by side, the same key never; 1 unless set. */
  readonly workers?: number;
  /**
   * What `reconcile` asks of the API server beside what is followed: the roles that ship give this and no more. Where it
   * is set, its client refuses anything else before it is sent, so that a test shows what is missing.
   */
  readonly rights?: readonly Right[];
  /**
   * Looks at what is there now, whatever it was called for, and writes what differs from what should be: called twice, it
   * writes nothing the second time. What it throws is logged, counted and tried again with backoff, that key alone.
   *
   * @param key as `follow` and `enqueue` gave it: `namespace/name`, or whatever the controller understands
   */
  reconcile(key: string, round: Round): Promise<Outcome | undefined>;
  /**
   * Ends what runs for a key beside the API server, since somebody else sees to it from now on. Called twice, it does
   * nothing the second time; `reconcile` begins it anew.
   */
  leave?(key: string): Promise<void> | void;
}

/** By RBAC's words. What is followed may be listed, watched and read without saying so. */
export interface Right {
  readonly resource: Resource;
  /** `status`. */
  readonly subresource?: string;
  readonly verbs: readonly (
    | 'get'
    | 'list'
    | 'watch'
    | 'create'
    | 'update'
    | 'patch'
    | 'delete'
    | 'bind'
    | 'escalate'
  )[];
  /** These alone, where their names are known; the verb create knows no names. */
  readonly names?: readonly string[];
  /** In this one alone; everywhere unless set. */
  readonly namespace?: string;
}

export interface Outcome {
  /** The key is looked at again then at the latest; an earlier time that was asked for before stands no more. */
  readonly again?: Date;
}

export interface Round {
  /** Writes as the controller's fieldManager, and only while this replica leads: a write after that is an error. */
  readonly client: Client;
  /** Aborted when this replica leads no more, or ends. */
  readonly signal: AbortSignal;
}

export interface Tools {
  /** Follows a resource for this controller. Those who keep the same of the same resource share one cache. */
  follow(options: FollowOptions): Followed;
  /** Puts a key into this controller's queue; one that waits there already is there once. */
  enqueue(key: string): void;
  readonly policies: Policies;
  readonly clock: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
  /** An Event (events.k8s.io) about an object, in the background. */
  record(happening: Happening): void;
  /** A CloudEvent to the sink of choice, in the background; nothing where none was named. */
  announce(news: News): void;
  /** The metrics of one process. Names and labels stand in the catalogue. */
  readonly registry: Registry;
}

export interface FollowOptions extends Selection {
  readonly resource: Resource;
  /** Tried in their order where the server does not have the resource in its version. */
  readonly otherVersions?: readonly string[];
  /** What of an object is kept: give the same function to share a cache. */
  readonly keep?: Keep;
  /** `keep` is shown `metadata.managedFields`, too, which is left out otherwise. */
  readonly seesManagedFields?: boolean;
  /** Which keys of this controller a change concerns. */
  readonly keysOf?: (change: Change) => Iterable<string>;
}

export interface Followed {
  readonly store: Store;
  /** In the version in which the server has it. */
  readonly resource: Resource;
  /** True from the first complete list on, also where the server has no such resource. */
  hasSynced(): boolean;
  /** False where the server has no such resource: its CustomResourceDefinition is not installed. */
  isServed(): boolean;
  /** Hears from now on when it is first known whether the server has the resource, and whenever that changes. */
  onServed(listener: () => void): void;
  /** Lets go of it: its store changes no more, and what nobody else follows is asked for no more. */
  leave(): void;
}

/** The policies that hold now. */
export interface Policies {
  /** Undefined where no policy is called so. */
  policyFor(environment: string): EffectivePolicy | undefined;
  /** The environments that have a policy, sorted. */
  environments(): readonly string[];
  hash(): string;
  /** Hears of each change that was taken; the result ends that. */
  onChange(listener: () => void): () => void;
}
