/** Requests and limits as the policy would fill them in: its defaults, bent to fit what the author wrote. */
import type { Container } from '../../../kubernetes/podTemplate.ts';
import type { Nanos } from '../../../kubernetes/quantity.ts';
import type { Fill } from '../../engine/default.ts';
import { BOUNDED_RESOURCES, type ResourcesPolicy } from '../../model/resources.ts';
import {
  boundsOf,
  type Claim,
  type ClaimBounds,
  claimsOf,
  exceedsRatio,
  format,
  limitFor,
  pathOf,
  requestFor,
  type Side,
} from './amounts.ts';

/** What the policy decides for one container. */
export function fillsFor(container: Container, policy: ResourcesPolicy): Fill[] {
  const fills: Fill[] = [];
  const claims = claimsOf(container);
  if (claims === undefined) return fills;

  const byResource = boundsOf(policy);
  for (const resource of BOUNDED_RESOURCES) {
    const bounds = byResource[resource];
    const claim = claims[resource];
    if (bounds === undefined) continue;
    if (claim.request !== undefined && claim.limit !== undefined) continue;
    const { request, limit } = plan(claim, bounds);
    if (claim.request === undefined && request !== undefined) fills.push(fill(claim, 'requests', request));
    if (claim.limit === undefined && limit !== undefined) fills.push(fill(claim, 'limits', limit));
  }
  return fills;
}

/** A value for one side of a claim. */
interface Planned {
  readonly nanos: Nanos;
  /** As it is written: the policy's own text, or the author's. */
  readonly text: string;
  readonly because?: string;
}

/** Request and limit of a claim as they will stand: the author's where they wrote one, else the policy's default bent to fit. */
export function plan(claim: Claim, bounds: ClaimBounds): { request: Planned | undefined; limit: Planned | undefined } {
  const request = claim.request === undefined ? plannedRequest(claim, bounds) : written(claim.request);
  const limit = claim.limit === undefined ? plannedLimit(claim, bounds, request) : written(claim.limit);
  return { request, limit };
}

function written(amount: { readonly text: string; readonly nanos: Nanos | undefined }): Planned | undefined {
  return amount.nanos === undefined ? undefined : { nanos: amount.nanos, text: amount.text };
}

function plannedRequest(claim: Claim, { requests, limits, ratio }: ClaimBounds): Planned | undefined {
  if (requests.default === undefined) return undefined;
  const own = { nanos: requests.default, text: String(requests.bounds?.default) };

  const limit = claim.limit?.nanos;
  if (limit === undefined) {
    const least = claim.limit === undefined ? limits.default : undefined;
    if (least === undefined || own.nanos <= least) return own;
    return { nanos: least, text: String(limits.bounds?.default), because: "kept at the policy's own limit" };
  }
  if (own.nanos > limit) return { nanos: limit, text: claim.limit?.text ?? '', because: "kept at the author's limit" };
  if (ratio === undefined || !exceedsRatio(own.nanos, limit, ratio)) return own;

  const raised = requestFor(claim.resource, limit, ratio);
  if (requests.max !== undefined && raised > requests.max) return own;
  return { nanos: raised, text: format(claim.resource, raised), because: `raised to carry the author's limit` };
}

function plannedLimit(claim: Claim, { limits, ratio }: ClaimBounds, request: Planned | undefined): Planned | undefined {
  if (limits.default === undefined) return undefined;
  const own = { nanos: limits.default, text: String(limits.bounds?.default) };
  if (request === undefined) return own;

  if (request.nanos > own.nanos) return { ...request, because: "raised to the author's request" };
  if (ratio === undefined || !exceedsRatio(request.nanos, own.nanos, ratio)) return own;

  const lowered = limitFor(claim.resource, request.nanos, ratio);
  if (limits.min !== undefined && lowered < limits.min) return own;
  return {
    nanos: lowered,
    text: format(claim.resource, lowered),
    because: `kept at ${ratio} times the request`,
  };
}

function fill(claim: Claim, side: Side, planned: Planned): Fill {
  return {
    path: pathOf(claim, side),
    value: planned.text,
    from: `/spec/resources/${side}/${claim.resource}/default`,
    ...(planned.because === undefined ? {} : { because: planned.because }),
  };
}
