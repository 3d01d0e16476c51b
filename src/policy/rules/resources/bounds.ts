/** The one judgement behind resources/requests and resources/limits: each amount is there, is a quantity and is within bounds. */
import type { Container } from '../../../kubernetes/podTemplate.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { RuleContext, Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { BOUNDED_RESOURCES, type BoundedResource, type ResourcesPolicy } from '../../model/resources.ts';
import { isScaled } from '../autoscaling/scaling.ts';
import {
  boundsOf,
  type Claim,
  type ClaimBounds,
  claimsOf,
  format,
  nameOf,
  pathOf,
  type Range,
  requestOf,
  type Side,
} from './amounts.ts';
import { fillsFor } from './plan.ts';
import { settleLimit, settleRequest } from './settle.ts';

/** What is wrong with the requests, or with the limits, of the subject's containers. */
export function judgeSide(side: Side, subject: Subject, { policy }: RuleContext): Violation[] {
  const violations: Violation[] = [];
  if (policy.resources === undefined) return violations;

  for (const container of subject.template?.containers ?? []) {
    const claims = claimsOf(container);
    if (claims === undefined) continue;
    const missing: BoundedResource[] = [];
    for (const resource of BOUNDED_RESOURCES) {
      const bounds = boundsOf(policy.resources)[resource];
      if (bounds?.[side].bounds === undefined) continue;
      const violation = judgeClaim(side, claims[resource], bounds, subject, policy.name);
      if (violation === 'missing') missing.push(resource);
      else if (violation !== undefined) violations.push(violation);
    }
    if (missing.length > 0) violations.push(missingFrom(container, side, missing, policy.resources, policy.name));
  }
  return violations;
}

function judgeClaim(
  side: Side,
  claim: Claim,
  bounds: ClaimBounds,
  subject: Subject,
  policyName: string,
): Violation | 'missing' | undefined {
  const amount = side === 'limits' ? claim.limit : claim.request;
  if (amount !== undefined && amount.nanos === undefined) return notAQuantity(side, claim, amount.text, subject);

  const nanos = side === 'limits' ? amount?.nanos : requestOf(claim);
  // A limit that is no quantity stands for the request too: its own finding says so.
  if (nanos === undefined) return side === 'requests' && claim.limit !== undefined ? undefined : 'missing';

  const { min, max, bounds: written } = bounds[side];
  const isTooMuch = max !== undefined && nanos > max;
  const isTooLittle = min !== undefined && nanos < min;
  if (!isTooMuch && !isTooLittle) return undefined;

  // Where the request is the limit's shadow and the limit is over its own bound, the limit is the mistake.
  const isShadow = amount === undefined;
  const limitMax = bounds.limits.max;
  if (isShadow && isTooMuch && limitMax !== undefined && nanos > limitMax) return undefined;

  const what = `${nameOf(claim.resource)} ${side === 'limits' ? 'limit' : 'request'} of ${claim.container.name}`;
  const value = amount?.text ?? `${format(claim.resource, nanos)} (its limit, since no request is written)`;
  const allowed = isTooMuch ? `allows at most ${written?.max}` : `requires at least ${written?.min}`;
  return {
    path: pathOf(claim, isShadow ? 'limits' : side),
    message: `${what} is ${value}, and ${policyName} ${allowed}`,
    fix: side === 'limits' ? settleLimit(claim, bounds) : settleRequest(claim, bounds),
  };
}

/** Knative's webhook refuses a bad quantity by itself (knative/ findings); elsewhere nobody would say it before the sync. */
function notAQuantity(side: Side, claim: Claim, text: string, subject: Subject): Violation | undefined {
  if (isScaled(subject)) return undefined;
  const example = claim.resource === 'cpu' ? '250m or 2' : '512Mi or 2Gi';
  return {
    path: pathOf(claim, side),
    message: `${nameOf(claim.resource)} ${side === 'limits' ? 'limit' : 'request'} of ${claim.container.name} is ${text}, which is no quantity; write it as ${example}`,
  };
}

function missingFrom(
  container: Container,
  side: Side,
  missing: readonly BoundedResource[],
  resources: ResourcesPolicy,
  policyName: string,
): Violation {
  const paths = new Set(missing.map((resource) => join(container.path, 'resources', side, resource)));
  const fills = fillsFor(container, resources).filter((fill) => paths.has(fill.path));
  const wanted = missing.map((resource) => `${nameOf(resource)} ${allowedText(boundsOf(resources)[resource]?.[side])}`);
  return {
    path: container.path,
    message: `${container.name} has no ${missing.map(nameOf).join(' and no ')} ${side === 'limits' ? 'limit' : 'request'}, and ${policyName} requires one: ${wanted.join(', ')}`,
    ...(fills.length === missing.length ? { fix: fills.map((fill) => ({ set: fill.path, value: fill.value })) } : {}),
  };
}

/** `from 10m to 2`, `up to 2`, `from 10m`. */
function allowedText(range: Range | undefined): string {
  const { min, max } = range?.bounds ?? {};
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`;
  if (max !== undefined) return `up to ${max}`;
  return min === undefined ? `such as ${range?.bounds?.default}` : `from ${min}`;
}
