/**
 * What the fixes of the rules about requests and limits write. Each mends what its own rule is about, and moves the other
 * value only where the two would contradict each other: an exception may stand for that one.
 */
import type { Nanos } from '../../../kubernetes/quantity.ts';
import type { Edit } from '../../engine/edit.ts';
import {
  type Claim,
  type ClaimBounds,
  exceedsRatio,
  format,
  limitFor,
  pathOf,
  type Range,
  requestFor,
  requestOf,
  type Side,
} from './amounts.ts';

/** The request into its bounds; the limit follows where it would be below, or too far above. */
export function settleRequest(claim: Claim, bounds: ClaimBounds): Edit[] {
  const before = requestOf(claim);
  if (before === undefined) return [];
  const request = clamp(before, bounds.requests);
  let limit = claim.limit?.nanos;
  if (limit !== undefined && limit < request) limit = request;
  if (limit !== undefined && breaksRatio(claim, bounds, request, limit)) {
    limit = limitFor(claim.resource, request, bounds.ratio ?? 1);
  }
  return edits(claim, bounds, request, limit);
}

/** The limit into its bounds; the request follows where it would be above, or too far below. */
export function settleLimit(claim: Claim, bounds: ClaimBounds): Edit[] {
  const before = claim.limit?.nanos;
  if (before === undefined) return [];
  const limit = clamp(before, bounds.limits);
  let request = claim.request?.nanos;
  if (request !== undefined && request > limit) request = limit;
  if (request !== undefined && breaksRatio(claim, bounds, request, limit)) {
    request = requestFor(claim.resource, limit, bounds.ratio ?? 1);
  }
  return edits(claim, bounds, request, limit);
}

/** A request above its limit comes down to it, unless that is less than a container must request. */
export function settleOrder(claim: Claim, bounds: ClaimBounds): Edit[] {
  const request = claim.request?.nanos;
  const limit = claim.limit?.nanos;
  if (request === undefined || limit === undefined) return [];
  const isTooLow = bounds.requests.min !== undefined && limit < bounds.requests.min;
  return isTooLow ? edits(claim, bounds, request, request) : edits(claim, bounds, limit, limit);
}

/** The request rises before the limit falls: a container that may use less than it did may be killed. */
export function settleRatio(claim: Claim, bounds: ClaimBounds): Edit[] {
  const limit = claim.limit?.nanos;
  if (claim.request?.nanos === undefined || limit === undefined || bounds.ratio === undefined) return [];
  const request = clamp(requestFor(claim.resource, limit, bounds.ratio), bounds.requests);
  const carried = exceedsRatio(request, limit, bounds.ratio) ? limitFor(claim.resource, request, bounds.ratio) : limit;
  return edits(claim, bounds, request, carried);
}

/** Whether the new pair breaks a ratio that the old one kept. */
function breaksRatio(claim: Claim, { ratio }: ClaimBounds, request: Nanos, limit: Nanos): boolean {
  if (ratio === undefined || !exceedsRatio(request, limit, ratio)) return false;
  const before = { request: claim.request?.nanos, limit: claim.limit?.nanos };
  return (
    before.request === undefined || before.limit === undefined || !exceedsRatio(before.request, before.limit, ratio)
  );
}

function edits(claim: Claim, bounds: ClaimBounds, request: Nanos | undefined, limit: Nanos | undefined): Edit[] {
  const result: Edit[] = [];
  // A request that is only the limit's shadow stays unwritten while it can.
  const requestBefore = claim.request === undefined ? limit : claim.request.nanos;
  if (limit !== undefined && limit !== claim.limit?.nanos) result.push(edit(claim, 'limits', limit, bounds.limits));
  if (request !== undefined && request !== requestBefore)
    result.push(edit(claim, 'requests', request, bounds.requests));
  return result;
}

function edit(claim: Claim, side: Side, nanos: Nanos, range: Range): Edit {
  return { set: pathOf(claim, side), value: textOf(claim, nanos, range) };
}

/** A bound as the policy writes it, any other value in its largest unit. */
function textOf(claim: Claim, nanos: Nanos, range: Range): string {
  if (nanos === range.max) return String(range.bounds?.max);
  if (nanos === range.min) return String(range.bounds?.min);
  return format(claim.resource, nanos);
}

function clamp(value: Nanos, range: Range): Nanos {
  if (range.max !== undefined && value > range.max) return range.max;
  if (range.min !== undefined && value < range.min) return range.min;
  return value;
}
