/** The caches of one process: those who keep the same of the same resource share one. */
import type { Client } from '../../src/kubernetes/client/client.ts';
import { type ListWatch, listWatch } from '../../src/kubernetes/client/listWatch.ts';
import { fullName, type Resource } from '../../src/kubernetes/client/resource.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import type { FollowOptions } from './controller.ts';

export interface CachesOptions {
  readonly client: Client;
  readonly clock: Clock;
  /** At least 0, less than 1: Math.random. */
  readonly random: () => number;
  readonly log: Log;
}

export interface Cache {
  /** What of the resource it follows. */
  readonly options: FollowOptions;
  readonly follower: ListWatch;
}

interface Shared extends Cache {
  users: number;
}

export class Caches {
  readonly #options: CachesOptions;
  readonly #caches: Shared[] = [];

  constructor(options: CachesOptions) {
    this.#options = options;
  }

  /** Starts to follow what nobody follows yet. */
  of(wanted: FollowOptions): ListWatch {
    const known = this.#caches.find(({ options }) => isSame(options, wanted));
    if (known !== undefined) {
      known.users++;
      return known.follower;
    }
    const { keysOf: _, ...options } = wanted;
    const follower = listWatch({ ...this.#options, ...options });
    this.#caches.push({ options, follower, users: 1 });
    return follower;
  }

  /** One of those who follow it does no more: with the last of them it ends. */
  release(follower: ListWatch): void {
    const index = this.#caches.findIndex((cache) => cache.follower === follower);
    const cache = this.#caches[index];
    if (cache === undefined || --cache.users > 0) return;
    this.#caches.splice(index, 1);
    follower.stop();
  }

  all(): readonly Cache[] {
    return this.#caches;
  }

  /** `services.serving.knative.dev` of those that were not listed yet. */
  unsynced(): readonly string[] {
    const names = this.#caches
      .filter(({ follower }) => !follower.hasSynced())
      .map(({ options }) => fullName(options.resource));
    return [...new Set(names)].sort();
  }

  /** What the server answered to a write is in the caches before it comes by the watch: nobody shall write it twice. */
  wrote(resource: Resource, object: JsonObject): void {
    for (const { follower } of this.#caches) {
      const { group, plural } = follower.resource;
      if (group === resource.group && plural === resource.plural) follower.wrote(object);
    }
  }

  stop(): void {
    for (const { follower } of this.#caches) follower.stop();
  }
}

function isSame(one: FollowOptions, other: FollowOptions): boolean {
  return one.keep === other.keep && identityOf(one) === identityOf(other);
}

/** All that is asked for but functions; `keysOf` is for the controller that asks. */
type Asked = Required<Omit<FollowOptions, 'keep' | 'keysOf'>>;

function identityOf(options: FollowOptions): string {
  const { resource, otherVersions = [], namespace = '', fieldSelector = '', labelSelector = '' } = options;
  const { group, version, plural, kind, isNamespaced } = resource;
  return JSON.stringify({
    resource: { group, version, plural, kind, isNamespaced },
    otherVersions,
    namespace,
    fieldSelector,
    labelSelector,
    seesManagedFields: options.seesManagedFields ?? false,
  } satisfies Asked);
}
