/** What one container asks for of one resource, read exactly, and what a policy says about it. */
import { isObject, type JsonObject, type JsonValue } from '../../../kubernetes/json.ts';
import type { Container } from '../../../kubernetes/podTemplate.ts';
import { placeIn } from '../../../kubernetes/pointer.ts';
import { formatCpu, formatMemory, type Nanos, parseQuantity } from '../../../kubernetes/quantity.ts';
import type { QuantityBounds } from '../../model/bounds.ts';
import { BOUNDED_RESOURCES, type BoundedResource, type ResourcesPolicy } from '../../model/resources.ts';
import { rememberLast } from '../rememberLast.ts';

export type Side = 'requests' | 'limits';

/** A request or a limit as it stands in a container. */
export interface Amount {
  /** As it was written: `500m`, or a number. */
  readonly text: string;
  /** Undefined where the text is no quantity. */
  readonly nanos: Nanos | undefined;
}

/** One resource of one container. */
export interface Claim {
  readonly container: Container;
  readonly resource: BoundedResource;
  readonly request: Amount | undefined;
  readonly limit: Amount | undefined;
}

/** What a policy says about one resource of every container. */
export interface ClaimBounds {
  readonly requests: Range;
  readonly limits: Range;
  /** The largest limit for a request of one. */
  readonly ratio: number | undefined;
}

export interface Range {
  readonly bounds: QuantityBounds | undefined;
  readonly default: Nanos | undefined;
  readonly min: Nanos | undefined;
  readonly max: Nanos | undefined;
}

/** A container's claims by resource. */
export type Claims = Readonly<Record<BoundedResource, Claim>>;

/**
 * What the container claims; undefined where a text or a list stands in place of its `resources`, their requests or
 * limits, which is another rule's finding and no place to write anything.
 */
export const claimsOf: (container: Container) => Claims | undefined = rememberLast((container) => {
  const { resources } = container.value;
  if (!mayHold(resources)) return undefined;
  const { requests, limits } = resources ?? NOTHING;
  if (!mayHold(requests) || !mayHold(limits)) return undefined;

  const claim = (resource: BoundedResource): Claim => ({
    container,
    resource,
    request: amountOf(requests, resource),
    limit: amountOf(limits, resource),
  });
  return { cpu: claim('cpu'), memory: claim('memory'), 'ephemeral-storage': claim('ephemeral-storage') };
});

const NOTHING: JsonObject = {};

function mayHold(value: JsonValue | undefined): value is JsonObject | undefined | null {
  return value === undefined || value === null || isObject(value);
}

function amountOf(amounts: JsonObject | undefined | null, resource: BoundedResource): Amount | undefined {
  const value = amounts?.[resource];
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
  return { text, nanos: parseQuantity(value) };
}

/** Where a claim's request or limit stands, or would. */
export function pathOf(claim: Claim, side: Side): string {
  return placeIn(placeIn(placeIn(claim.container.path, 'resources'), side), claim.resource);
}

/**
 * What the scheduler counts: the request, or the limit where there is no request, as the API server fills it in
 * (kubernetes pkg/apis/core/v1/defaults.go).
 */
export function requestOf(claim: Claim): Nanos | undefined {
  return claim.request === undefined ? claim.limit?.nanos : claim.request.nanos;
}

/** What a policy says about each resource that it mentions. */
export type BoundsByResource = Readonly<Partial<Record<BoundedResource, ClaimBounds>>>;

const boundsByPolicy = new WeakMap<ResourcesPolicy, BoundsByResource>();

/** The policy's bounds for each resource that it mentions, parsed once for each policy. */
export function boundsOf(policy: ResourcesPolicy): BoundsByResource {
  const known = boundsByPolicy.get(policy);
  if (known !== undefined) return known;

  const bounds: Partial<Record<BoundedResource, ClaimBounds>> = {};
  for (const resource of BOUNDED_RESOURCES) {
    const requests = policy.requests?.[resource];
    const limits = policy.limits?.[resource];
    const ratio = policy.limitToRequest?.[resource];
    if (requests === undefined && limits === undefined && ratio === undefined) continue;
    bounds[resource] = { requests: rangeOf(requests), limits: rangeOf(limits), ratio };
  }
  boundsByPolicy.set(policy, bounds);
  return bounds;
}

function rangeOf(bounds: QuantityBounds | undefined): Range {
  return {
    bounds,
    default: parseQuantity(bounds?.default),
    min: parseQuantity(bounds?.min),
    max: parseQuantity(bounds?.max),
  };
}

export function format(resource: BoundedResource, nanos: Nanos): string {
  return resource === 'cpu' ? formatCpu(nanos) : formatMemory(nanos);
}

/** `cpu`, `memory`, `ephemeral storage`, as people say them. */
export function nameOf(resource: BoundedResource): string {
  return resource === 'ephemeral-storage' ? 'ephemeral storage' : resource;
}

const RATIO_SCALE = 1_000_000;

/** Whether the limit is more than the ratio times the request. Ratios count to six places. */
export function exceedsRatio(request: Nanos, limit: Nanos, ratio: number): boolean {
  if (limit <= 0n || request < 0n) return false; // of no size: its bounds say so, and ratios mean nothing
  return limit * BigInt(RATIO_SCALE) > request * scaled(ratio);
}

/** The largest limit that the request carries, rounded down to a thousandth of a CPU, or to a mebibyte where it is one. */
export function limitFor(resource: BoundedResource, request: Nanos, ratio: number): Nanos {
  const exact = (request * scaled(ratio)) / BigInt(RATIO_SCALE);
  const step = stepOf(resource);
  return exact < step ? exact : (exact / step) * step;
}

/** The smallest request that carries the limit, rounded up likewise. */
export function requestFor(resource: BoundedResource, limit: Nanos, ratio: number): Nanos {
  const exact = divideUp(limit * BigInt(RATIO_SCALE), scaled(ratio));
  const step = stepOf(resource);
  const rounded = divideUp(exact, step) * step;
  return rounded > limit ? limit : rounded;
}

function scaled(ratio: number): bigint {
  return BigInt(Math.round(ratio * RATIO_SCALE));
}

function stepOf(resource: BoundedResource): bigint {
  return resource === 'cpu' ? 1_000_000n : 1_048_576_000_000_000n;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
