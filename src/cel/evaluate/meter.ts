/**
 * What an evaluation costs, in units like those of cel-go (interpreter/runtimecost.go): one for each step, a tenth for
 * each character that is gone through, ten for a new list, thirty for a new map.
 */
import { CostFailure } from '../values/failure.ts';
import { type CelValue, isList, isMap } from '../values/value.ts';

export class Meter {
  readonly limit: number;
  #spent = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get spent(): number {
    return Math.ceil(this.#spent);
  }

  /** @throws CostFailure */
  charge(cost: number): void {
    this.#spent += cost;
    if (this.#spent > this.limit) throw new CostFailure();
  }

  /** Pays for going through a text or a list. */
  chargeFor(value: CelValue): void {
    this.charge(sizeOf(value) * (typeof value === 'string' ? TEXT_FACTOR : 1));
  }
}

export const TEXT_FACTOR = 0.1;

export function sizeOf(value: CelValue): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (isList(value)) return value.length;
  return isMap(value) ? value.size : 1;
}
