/** What a review may look at beside its own object, from caches that follow the API server. */

import type { Client } from '../../src/kubernetes/client/client.ts';
import { type ListWatch, listWatch } from '../../src/kubernetes/client/listWatch.ts';
import type { Store } from '../../src/kubernetes/client/store.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { type Kind, namespace, policyException } from '../../src/kubernetes/kinds.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import type { Inventory } from '../../src/policy/engine/inventory.ts';
import type { ClusterView } from '../dependencies.ts';
import { FOLLOWED, type FollowedKind, resourceOf } from './kinds.ts';

export interface ClusterOptions {
  readonly client: Client;
  readonly clock: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
}

export interface Cluster extends ClusterView {
  /** The PolicyExceptions with their status; whoever writes it hears of changes here. */
  readonly exceptions: Store;
  readonly namespaces: Store;
  /** Resolves when every kind was listed for the first time, or when it is stopped. */
  readonly synced: Promise<void>;
  /** `group/Kind` of those that were not listed yet, for the sentence that says why it is not ready. */
  unsynced(): readonly string[];
  stop(): void;
}

/**
 * Starts to follow every kind that rules look up.
 *
 * @example
 * const cluster = followCluster({ client, clock: systemClock, random: Math.random, log });
 * await cluster.synced;
 */
export function followCluster({ client, clock, random, log }: ClusterOptions): Cluster {
  const started = clock.now();
  const caches = new Map<string, Cache>();
  for (const followed of FOLLOWED) caches.set(followed.kind.key, new Cache(followed, { client, clock, random, log }));
  const storeOf = ({ key }: Kind): Store => caches.get(key)?.follower.store ?? fail(key);
  const unsynced = (): string[] => [...caches].filter(([, cache]) => !cache.follower.hasSynced()).map(([key]) => key);

  return {
    inventory: inventoryOver(caches),
    sawKind(key) {
      const cache = caches.get(key);
      if (cache === undefined || cache.follower.isServed()) return;
      const now = clock.now().getTime();
      if (now - cache.sawAt < SAW_MS) return;
      cache.sawAt = now;
      // whoever installed this kind mostly installed others with it
      for (const { follower } of caches.values()) follower.lookAgain();
    },
    exceptions: storeOf(policyException),
    namespaces: storeOf(namespace),
    synced: Promise.all([...caches.values()].map(({ follower }) => follower.synced)).then(() => undefined),
    hasSynced: () => unsynced().length === 0,
    unsynced,
    ages() {
      const now = clock.now().getTime();
      const ages = new Map<string, number>();
      for (const [key, { follower }] of caches) {
        const heard = follower.lastHeard() ?? started;
        ages.set(key, Math.max(0, (now - heard.getTime()) / 1000));
      }
      return ages;
    },
    stop() {
      for (const { follower } of caches.values()) follower.stop();
    },
  };
}

function fail(key: string): never {
  throw new Error(`${key} is not among the kinds that are followed`);
}

/** A kind that the server says it does not have, though objects of it are reviewed, is asked for no more often. */
const SAW_MS = 5_000;

class Cache {
  readonly follower: ListWatch;
  /** When a review last said that the server has the kind; milliseconds since the epoch. */
  sawAt = Number.NEGATIVE_INFINITY;
  readonly #isNamespaced: boolean;

  constructor(followed: FollowedKind, options: ClusterOptions) {
    const [version, ...otherVersions] = followed.versions;
    const { keep, labelSelector, isNamespaced } = followed;
    this.#isNamespaced = isNamespaced;
    this.follower = listWatch({
      ...options,
      resource: resourceOf(followed, version),
      otherVersions,
      keep,
      ...(labelSelector === undefined ? {} : { labelSelector }),
    });
  }

  inNamespace(namespace: string): readonly JsonObject[] {
    const { store } = this.follower;
    return namespace === '' || !this.#isNamespaced ? store.all() : store.inNamespace(namespace);
  }

  find(namespace: string, name: string): JsonObject | undefined {
    const { store } = this.follower;
    return store.find(this.#isNamespaced ? namespace : '', name);
  }
}

const NONE: readonly JsonObject[] = [];

function inventoryOver(caches: ReadonlyMap<string, Cache>): Inventory {
  return {
    all: (kind: Kind) => caches.get(kind.key)?.follower.store.all() ?? NONE,
    inNamespace: (kind, namespace) => caches.get(kind.key)?.inNamespace(namespace) ?? NONE,
    find: (kind, namespace, name) => caches.get(kind.key)?.find(namespace, name),
    knows(kind) {
      const follower = caches.get(kind.key)?.follower;
      return follower?.hasSynced() === true && !follower.isLookingAgain();
    },
    isBehind: (kind) => caches.get(kind.key)?.follower.isLookingAgain() === true,
  };
}
