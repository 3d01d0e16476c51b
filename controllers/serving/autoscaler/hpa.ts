/** One PodAutoscaler of the class HPA (knative/serving pkg/reconciler/autoscaling/hpa/hpa.go): Kubernetes decides for it. */
import { podAutoscalers } from '../../../src/knative/resources.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf, isBeingDeleted, labelsOf } from '../../../src/kubernetes/object.ts';
import { horizontalPodAutoscalers } from '../../hpa/resources.ts';
import { markHpaNotMade, markHpaNotOwned, podAutoscalerStatus, propagateHpa } from '../lifecycle/podAutoscaler.ts';
import { isControlledBy } from '../read.ts';
import { makeHorizontalPodAutoscaler, saysTheSame } from '../resources/horizontalPodAutoscaler.ts';
import { writeStatus } from '../write.ts';
import type { Dependencies, Found } from './reconcile.ts';

export interface FoundHpa extends Found {
  /** The one with the PodAutoscaler's name, whoever owns it. */
  readonly autoscaler: JsonObject | undefined;
}

export async function reconcileHpa(found: FoundHpa, dependencies: Dependencies): Promise<void> {
  const { podAutoscaler, revision, autoscaler } = found;
  const { client, settings, runtime, now } = dependencies;
  if (isBeingDeleted(podAutoscaler) || revision === undefined || !isControlledBy(podAutoscaler, revision)) return;

  const status = podAutoscalerStatus(podAutoscaler);
  const wanted = makeHorizontalPodAutoscaler(podAutoscaler, settings.autoscaler);
  try {
    if (autoscaler !== undefined && !isControlledBy(autoscaler, podAutoscaler)) {
      markHpaNotOwned(status, podAutoscaler);
      return;
    }
    const kept = autoscaler ?? (await make(wanted));
    const instances = runtime.instancesOf(revision, podAutoscaler, settings.autoscaler);
    propagateHpa(status, podAutoscaler, { autoscaler: kept, ready: instances.ready }, settings.autoscaler);
    await keep(kept, wanted);
  } finally {
    await writeStatus(client, podAutoscalers, podAutoscaler, status.toJson(now));
  }

  async function make(object: JsonObject): Promise<JsonObject> {
    try {
      return await client.create(horizontalPodAutoscalers, object);
    } catch (error) {
      markHpaNotMade(status, podAutoscaler);
      throw error;
    }
  }

  async function keep(is: JsonObject, object: JsonObject): Promise<void> {
    const spec = objectAt(object, 'spec') ?? {};
    if (saysTheSame(objectAt(is, 'spec'), spec)) return;
    const metadata = { ...objectAt(is, 'metadata'), labels: labelsOf(object), annotations: annotationsOf(object) };
    await client.update(horizontalPodAutoscalers, { ...is, metadata, spec });
  }
}
