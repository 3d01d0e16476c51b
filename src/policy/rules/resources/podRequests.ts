/** What one pod of a template requests, and how many such pods a budget holds. */
import type { PodTemplate } from '../../../kubernetes/podTemplate.ts';
import { type Nanos, parseQuantity } from '../../../kubernetes/quantity.ts';
import { BOUNDED_RESOURCES, type BoundedResource, type ResourcesPolicy } from '../../model/resources.ts';
import { boundsOf, claimsOf, requestOf } from './amounts.ts';
import { plan } from './plan.ts';

/**
 * The pod's requests as the scheduler adds them up (kubernetes pkg/api/v1/resource/helpers.go): all containers together,
 * or the largest init container where that is more. Knative's queue-proxy, about 25m of CPU, is not counted.
 *
 * @param defaults counts what the policy would fill in for requests that are missing
 */
export function podRequest(template: PodTemplate, resource: BoundedResource, defaults?: ResourcesPolicy): Nanos {
  const bounds = defaults === undefined ? undefined : boundsOf(defaults)[resource];
  let running = 0n;
  let largestInit = 0n;
  for (const container of template.containers) {
    const claim = claimsOf(container)?.[resource];
    if (claim === undefined) continue;
    const request =
      (bounds === undefined ? requestOf(claim) : plan(claim, bounds).request?.nanos) ?? requestOf(claim) ?? 0n;
    // An init container that restarts always is a sidecar, and runs beside the others.
    if (!container.isInit || container.value.restartPolicy === 'Always') running += request;
    else if (request > largestInit) largestInit = request;
  }
  return running > largestInit ? running : largestInit;
}

export interface Strain {
  readonly resource: BoundedResource;
  readonly request: Nanos;
  readonly budget: Nanos;
  /** The largest number of pods that the budget holds. */
  readonly pods: number;
}

/** Each resource of which one pod requests something and the policy has a budget. */
export function strainsOf(template: PodTemplate, policy: ResourcesPolicy, defaults?: ResourcesPolicy): Strain[] {
  const strains: Strain[] = [];
  if (policy.budget === undefined) return strains;
  for (const resource of BOUNDED_RESOURCES) {
    const budget = parseQuantity(policy.budget[resource]);
    if (budget === undefined) continue;
    const request = podRequest(template, resource, defaults);
    if (request > 0n) strains.push({ resource, request, budget, pods: Number(budget / request) });
  }
  return strains;
}
