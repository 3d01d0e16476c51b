/** `spec.resources`: what one container, and one service at full scale, may use. */
import { type JsonSchema, type QuantityBounds, quantityBounds, section } from './bounds.ts';

/** Resource names (`cpu`, `memory`, `ephemeral-storage`) with their bounds. */
export interface ResourceBounds {
  readonly cpu?: QuantityBounds;
  readonly memory?: QuantityBounds;
  readonly 'ephemeral-storage'?: QuantityBounds;
}

export interface ResourcesPolicy {
  readonly requests?: ResourceBounds;
  readonly limits?: ResourceBounds;
  /** A limit is at most this many times its request. */
  readonly limitToRequest?: { readonly cpu?: number; readonly memory?: number };
  /** Requests of one pod times max-scale of its service stay within this. */
  readonly budget?: { readonly cpu?: string | number; readonly memory?: string | number };
}

const quantity: JsonSchema = { type: ['string', 'number'], format: 'quantity' };
const ratio: JsonSchema = { type: 'number', minimum: 1 };

function resourceBounds(what: string): JsonSchema {
  return section(`${what} of each container`, {
    cpu: quantityBounds(`CPU ${what}`),
    memory: quantityBounds(`memory ${what}`),
    'ephemeral-storage': quantityBounds(`ephemeral storage ${what}`),
  });
}

export const resourcesSchema = section('What a container may use', {
  requests: resourceBounds('requests'),
  limits: resourceBounds('limits'),
  limitToRequest: section('A limit is at most this many times its request', { cpu: ratio, memory: ratio }),
  budget: section("One service's requests times its max-scale stay within this", { cpu: quantity, memory: quantity }),
});
