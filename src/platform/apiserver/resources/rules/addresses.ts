/**
 * Cluster addresses and node ports for Services: unique, and the same for the same name wherever that is free, so that
 * an example that is built anew looks the same.
 */
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../../../../kubernetes/json.ts';
import type { Reader } from '../../store/store.ts';

/** 10.96.0.0/16, of which the first addresses are left to who names one. */
const PREFIX = '10.96';
const FIRST_ADDRESS = 256;
const ADDRESSES = 65_534;
const FIRST_PORT = 30_000;
const PORTS = 2_768;
/** An object is stored by then, or was never stored. */
const HELD_MILLISECONDS = 60_000;

export interface Addresses {
  /** @param owner by whose name the search begins @returns undefined where all are taken */
  address(owner: string, now: Date): string | undefined;
  nodePort(owner: string, now: Date): number | undefined;
}

/** Free are those that no Service of the store has, and none that is being made. */
export function addressesIn(store: Pick<Reader, 'watch'>): Addresses {
  const taken = new Taken(store);
  const held = new Map<string | number, number>();
  const choose = <T extends string | number>(owner: string, now: Date, size: number, nth: (index: number) => T) => {
    forgetOld(held, now);
    taken.follow();
    const start = hashOf(owner);
    for (let step = 0; step < size; step++) {
      const value = nth((start + step) % size);
      if (taken.has(value) || held.has(value)) continue;
      held.set(value, now.getTime());
      return value;
    }
    return undefined;
  };
  return {
    address: (owner, now) => choose(owner, now, ADDRESSES - FIRST_ADDRESS, (index) => addressAt(index + FIRST_ADDRESS)),
    nodePort: (owner, now) => choose(owner, now, PORTS, (index) => FIRST_PORT + index),
  };
}

/** Values stand in the order in which they were held. */
function forgetOld(held: Map<string | number, number>, now: Date): void {
  for (const [value, since] of held) {
    if (now.getTime() - since <= HELD_MILLISECONDS) return;
    held.delete(value);
  }
}

function addressAt(index: number): string {
  return `${PREFIX}.${index >> 8}.${index & 255}`;
}

/** What the Services of the store have, kept as they change: to read them all for each new one takes too long. */
class Taken {
  readonly #store: Pick<Reader, 'watch'>;
  readonly #byService = new Map<string, readonly (string | number)[]>();
  readonly #counts = new Map<string | number, number>();
  #isFollowing = false;

  constructor(store: Pick<Reader, 'watch'>) {
    this.#store = store;
  }

  has(value: string | number): boolean {
    return this.#counts.has(value);
  }

  follow(): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    this.#byService.clear();
    this.#counts.clear();
    this.#store.watch(
      { resource: 'services', namespace: '' },
      {
        onEvent: ({ type, stored }) => {
          const service = `${stored.key.namespace}/${stored.key.name}`;
          this.#replace(service, type === 'DELETED' ? [] : valuesOf(stored.object()));
        },
        onGone: () => {
          this.#isFollowing = false;
        },
      },
    );
  }

  #replace(service: string, values: readonly (string | number)[]): void {
    for (const value of this.#byService.get(service) ?? []) {
      const left = (this.#counts.get(value) ?? 0) - 1;
      if (left > 0) this.#counts.set(value, left);
      else this.#counts.delete(value);
    }
    for (const value of values) this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    if (values.length > 0) this.#byService.set(service, values);
    else this.#byService.delete(service);
  }
}

function valuesOf(service: JsonObject): (string | number)[] {
  const ports = arrayAt(service, 'spec', 'ports').filter(isObject);
  const numbers = [
    numberAt(service, 'spec', 'healthCheckNodePort'),
    ...ports.map((port) => numberAt(port, 'nodePort')),
  ];
  const address = stringAt(service, 'spec', 'clusterIP');
  return [address, ...numbers].flatMap((value) => (isAny(value) ? [value] : []));
}

function isAny(value: string | number | undefined): value is string | number {
  return value !== undefined && value !== 0 && value !== '' && value !== 'None';
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}

/** What a dry run shows: no address that anybody has or gets (pkg/registry/core/service, ipallocator and portallocator). */
export function addressesOfDryRun(): Addresses {
  let port = FIRST_PORT + PORTS;
  return { address: () => addressAt(0), nodePort: () => port++ };
}

/** For tests, and for who keeps no Services. */
export const NOTHING_TAKEN: Addresses = addressesIn({
  watch: () => ({ revision: 0, stop: () => undefined, pause: () => undefined, resume: () => undefined }),
});
