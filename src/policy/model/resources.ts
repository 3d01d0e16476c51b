/** `spec.resources`: what one container, and one service at full scale, may use. */
import { type JsonSchema, type QuantityBounds, quantityBounds, section } from './bounds.ts';

/** What a policy bounds. Other resources (GPUs, hugepages) are for a ResourceQuota. */
export const BOUNDED_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'] as const;
export type BoundedResource = (typeof BOUNDED_RESOURCES)[number];

export type ResourceBounds = Readonly<Partial<Record<BoundedResource, QuantityBounds>>>;

export interface ResourcesPolicy {
  readonly requests?: ResourceBounds;
  readonly limits?: ResourceBounds;
  /** A limit is at most this many times its request. */
  readonly limitToRequest?: Readonly<Partial<Record<BoundedResource, number>>>;
  /** Requests of one pod times max-scale of its service stay within this. */
  readonly budget?: Readonly<Partial<Record<BoundedResource, string | number>>>;
}

const quantity: JsonSchema = { type: ['string', 'number'], format: 'quantity' };
const ratio: JsonSchema = { type: 'number', minimum: 1 };

function resourceBounds(what: string): JsonSchema {
  return section(`${what} of each container; init containers are containers too`, {
    cpu: quantityBounds(`CPU ${what}`),
    memory: quantityBounds(`memory ${what}`),
    'ephemeral-storage': quantityBounds(`ephemeral storage ${what}`),
  });
}

export const resourcesSchema = section('What a container may use', {
  requests: resourceBounds('requests'),
  limits: resourceBounds('limits'),
  limitToRequest: section('A limit is at most this many times its request', {
    cpu: ratio,
    memory: ratio,
    'ephemeral-storage': ratio,
  }),
  budget: section("One service's requests times its max-scale stay within this", {
    cpu: quantity,
    memory: quantity,
    'ephemeral-storage': quantity,
  }),
});
