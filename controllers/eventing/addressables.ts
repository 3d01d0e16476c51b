/**
 * What takes events: each kind is followed, and who refers to an object hears of its changes. Knative learns of such
 * kinds by a label of their definitions; here they are named, so that the rights are those and no more.
 */
import { routes, services } from '../../src/knative/resources.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { coreServices } from '../../src/kubernetes/client/resources.ts';
import type { Change } from '../../src/kubernetes/client/store.ts';
import { groupOf } from '../../src/kubernetes/kinds.ts';
import { referenceTo } from '../../src/kubernetes/object.ts';
import type { Followed, Tools } from '../manager/controller.ts';
import { nameAndSelector } from './coreServices.ts';
import { type Find, type Resolve, resolveDestination } from './destination.ts';
import {
  brokers,
  channels,
  eventTransforms,
  inMemoryChannels,
  kafkaChannels,
  kafkaSinks,
  parallels,
  sequences,
} from './resources.ts';

const TAKE_EVENTS: readonly Resource[] = [
  services,
  routes,
  coreServices,
  brokers,
  channels,
  inMemoryChannels,
  kafkaChannels,
  sequences,
  parallels,
  kafkaSinks,
  eventTransforms,
];

export interface Addressables {
  /**
   * @param from whose namespace counts where a `ref` names none
   * @param key of the controller: it is looked at again when what was asked for changes, comes or goes
   */
  resolverFor(from: { readonly namespace: string; readonly key: string }): Resolve;
  /** As `find`, for a key that is looked at again when what was asked for changes. */
  finderFor(key: string): Find;
  find: Find;
  /** The key refers to nothing any more: what it refers to is said anew with each round. */
  forget(key: string): void;
}

/**
 * @example
 * const addressables = followAddressables(tools);
 * // in reconcile
 * addressables.forget(key);
 * const resolve = addressables.resolverFor({ namespace, key });
 * const sink = resolve(valueAt(source, 'spec', 'sink'));
 */
export function followAddressables({ follow }: Pick<Tools, 'follow'>): Addressables {
  const referring = new Referring();
  const followed = new Map<string, Followed>(
    TAKE_EVENTS.map((resource) => [
      nameOfKind(resource.group, resource.kind),
      follow({
        resource,
        ...(resource === coreServices ? { keep: nameAndSelector } : {}),
        keysOf: (change) => referring.keysOf(resource, change),
      }),
    ]),
  );
  const find: Find = ({ apiVersion, kind, namespace, name }) => {
    const group = groupOf(apiVersion);
    const found = followed.get(nameOfKind(group, kind));
    return { plural: found?.resource.plural, object: found?.store.find(namespace, name) };
  };
  const finderFor = (key: string): Find => {
    return (reference) => {
      referring.add(key, groupOf(reference.apiVersion), reference);
      return find(reference);
    };
  };
  return {
    find,
    finderFor,
    resolverFor: ({ namespace, key }) => {
      const findFor = finderFor(key);
      return (destination) => resolveDestination(destination, namespace, findFor);
    },
    forget: (key) => referring.forget(key),
  };
}

/** Who refers to what: both ways, so that either is found. */
class Referring {
  readonly #keys = new Map<string, Set<string>>();
  readonly #objects = new Map<string, Set<string>>();

  add(key: string, group: string, to: { readonly kind: string; readonly namespace: string; readonly name: string }) {
    const object = `${nameOfKind(group, to.kind)}:${to.namespace}/${to.name}`;
    this.#keys.set(object, (this.#keys.get(object) ?? new Set()).add(key));
    this.#objects.set(key, (this.#objects.get(key) ?? new Set()).add(object));
  }

  forget(key: string): void {
    for (const object of this.#objects.get(key) ?? []) {
      const keys = this.#keys.get(object);
      keys?.delete(key);
      if (keys?.size === 0) this.#keys.delete(object);
    }
    this.#objects.delete(key);
  }

  keysOf({ group, kind }: Resource, { object, old }: Change): Iterable<string> {
    const changed = object ?? old;
    if (changed === undefined) return [];
    const { namespace, name } = referenceTo(changed);
    return [...(this.#keys.get(`${nameOfKind(group, kind)}:${namespace}/${name}`) ?? [])];
  }
}

function nameOfKind(group: string, kind: string): string {
  return `${group}/${kind}`;
}
