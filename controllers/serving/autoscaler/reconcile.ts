/** One PodAutoscaler: its status tells how many instances there should be, and how many there are. */

import { podAutoscalers } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted } from '../../../src/kubernetes/object.ts';
import { podAutoscalerStatus, propagateInstances } from '../lifecycle/podAutoscaler.ts';
import { isControlledBy } from '../read.ts';
import type { Runtime } from '../runtime.ts';
import type { Settings } from '../settings.ts';
import { writeStatus } from '../write.ts';

export interface Found {
  readonly podAutoscaler: JsonObject;
  readonly revision: JsonObject | undefined;
}

export interface Dependencies {
  readonly client: Client;
  readonly settings: Pick<Settings, 'autoscaler'>;
  readonly runtime: Pick<Runtime, 'instancesOf'>;
  readonly now: Date;
}

/** What Knative's reconciler says of a PodAutoscaler; how many instances there should be, the runtime decides. */
export async function reconcilePodAutoscaler(found: Found, dependencies: Dependencies): Promise<void> {
  const { podAutoscaler, revision } = found;
  const { client, settings, runtime, now } = dependencies;
  if (isBeingDeleted(podAutoscaler) || revision === undefined || !isControlledBy(podAutoscaler, revision)) return;

  const status = podAutoscalerStatus(podAutoscaler);
  const instances = runtime.instancesOf(revision, podAutoscaler, settings.autoscaler);
  propagateInstances(status, podAutoscaler, instances, settings.autoscaler);
  await writeStatus(client, podAutoscalers, podAutoscaler, status.toJson(now));
}
