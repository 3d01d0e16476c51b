/**
 * Cluster addresses and node ports for Services: unique, and the same for the same name wherever that is free, so that
 * an example that is built anew looks the same.
 */
import { arrayAt, isObject, numberAt, stringAt } from '../../../../kubernetes/json.ts';
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
export function addressesIn(services: Pick<Reader, 'list'>): Addresses {
  const held = new Map<string | number, number>();
  const choose = <T extends string | number>(owner: string, now: Date, size: number, nth: (index: number) => T) => {
    for (const [value, since] of held) if (now.getTime() - since > HELD_MILLISECONDS) held.delete(value);
    const taken = takenIn(services);
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

/** For tests, and for who keeps no Services. */
export const NOTHING_TAKEN: Addresses = addressesIn({ list: () => ({ items: [], revision: 0 }) });

function addressAt(index: number): string {
  return `${PREFIX}.${index >> 8}.${index & 255}`;
}

function takenIn(services: Pick<Reader, 'list'>): Set<string | number> {
  const taken = new Set<string | number>();
  for (const stored of services.list({ resource: 'services', namespace: '' }).items) {
    const service = stored.object();
    taken.add(stringAt(service, 'spec', 'clusterIP') ?? '');
    taken.add(numberAt(service, 'spec', 'healthCheckNodePort') ?? 0);
    for (const port of arrayAt(service, 'spec', 'ports').filter(isObject)) taken.add(numberAt(port, 'nodePort') ?? 0);
  }
  return taken;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
