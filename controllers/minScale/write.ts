/**
 * The writes of a plan, each refused by the API server where its object has changed since it was read.
 *
 * The order is that of a crash which may come between any two: the trace stands before the value that it speaks of, and
 * goes after that value has gone. Where the PodAutoscaler is home to both, one write does both.
 */

import type { ScalingHome } from '../../src/knative/serving/scalingHome.ts';
import type { Client } from '../../src/kubernetes/client/client.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { type AnnotationChange, type Held, isEmpty, type Plan } from './hold.ts';

export interface WriteTo {
  readonly client: Client;
  readonly home: ScalingHome;
  readonly revisions: Resource;
  readonly podAutoscalers: Resource;
}

/** @returns whether a scaling annotation was written */
export async function carryOut(plan: Plan, { revision, podAutoscaler }: Held, to: WriteTo): Promise<boolean> {
  const isScaled = !isEmpty(plan.scaling);
  if (to.home === 'podAutoscaler') {
    await annotate(to.client, to.podAutoscalers, podAutoscaler, { ...plan.scaling, ...plan.trace });
    return isScaled;
  }
  if (plan.scale !== undefined) await annotate(to.client, to.podAutoscalers, podAutoscaler, plan.trace);
  await annotate(to.client, to.revisions, revision, plan.scaling);
  if (plan.scale === undefined) await annotate(to.client, to.podAutoscalers, podAutoscaler, plan.trace);
  return isScaled;
}

async function annotate(client: Client, resource: Resource, object: JsonObject, change: AnnotationChange) {
  if (isEmpty(change)) return;
  const place = {
    namespace: stringAt(object, 'metadata', 'namespace') ?? '',
    name: stringAt(object, 'metadata', 'name') ?? '',
  };
  const resourceVersion = stringAt(object, 'metadata', 'resourceVersion') ?? '';
  const body = { metadata: { resourceVersion, annotations: change } };
  await client.patch(resource, place, { type: 'merge', body });
}
