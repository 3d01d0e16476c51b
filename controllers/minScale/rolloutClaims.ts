/**
 * What TrafficRollouts claim, as their statuses say: a rollout writes its status first (docs/adr/0031-how-a-rollout-decides.md),
 * so that whoever holds the Revision, a schedule or the rollout itself, finds the claim there.
 */
import type { Change, Store } from '../../src/kubernetes/client/store.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, referenceTo } from '../../src/kubernetes/object.ts';
import { readStatus } from '../../src/rollout/status.ts';
import type { Floor } from './claim.ts';

const KIND = 'TrafficRollout';

/** `TrafficRollout/api-service`: who holds a Revision, within its namespace. */
export function rolloutHolder(name: string): string {
  return `${KIND}/${name}`;
}

export function isRolloutHolder(holder: string | undefined): boolean {
  return holder?.startsWith(`${KIND}/`) === true;
}

/** The Revisions that a TrafficRollout claims, by their names; none of one that is on its way out. */
export function floorsOf(object: JsonObject | undefined): ReadonlyMap<string, Floor> {
  if (object === undefined || isBeingDeleted(object)) return NOTHING;
  const known = READ.get(object);
  if (known !== undefined) return known;
  const holder = rolloutHolder(referenceTo(object).name);
  const floors = new Map<string, Floor>();
  for (const { revision, minScale } of readStatus(object)?.claims ?? []) floors.set(revision, { holder, minScale });
  READ.set(object, floors);
  return floors;
}

const NOTHING: ReadonlyMap<string, Floor> = new Map();
const READ = new WeakMap<JsonObject, ReadonlyMap<string, Floor>>();

/** Keeps itself up to date with the store. */
export class RolloutClaims {
  /** By `namespace/revision`, then by holder. */
  readonly #floors = new Map<string, Map<string, Floor>>();

  constructor(rollouts: Store) {
    for (const object of rollouts.all()) this.#changed({ object });
    rollouts.onChange((change) => this.#changed(change));
  }

  /** The largest, then the first name. */
  on(namespace: string, revision: string): Floor | undefined {
    let largest: Floor | undefined;
    for (const floor of this.#floors.get(`${namespace}/${revision}`)?.values() ?? []) {
      if (largest === undefined || isLarger(floor, largest)) largest = floor;
    }
    return largest;
  }

  #changed({ object, old }: Change): void {
    for (const [revision, { holder }] of floorsOf(old)) {
      const key = keyOf(old, revision);
      const floors = this.#floors.get(key);
      floors?.delete(holder);
      if (floors?.size === 0) this.#floors.delete(key);
    }
    for (const [revision, floor] of floorsOf(object)) {
      const key = keyOf(object, revision);
      const floors = this.#floors.get(key) ?? new Map<string, Floor>();
      this.#floors.set(key, floors);
      floors.set(floor.holder, floor);
    }
  }
}

function isLarger(one: Floor, other: Floor): boolean {
  return one.minScale === other.minScale ? one.holder < other.holder : one.minScale > other.minScale;
}

function keyOf(object: JsonObject | undefined, revision: string): string {
  return `${referenceTo(object ?? {}).namespace}/${revision}`;
}
