/** What the HorizontalPodAutoscaler of a Revision scales: there is no Deployment here, and its Pods are kept in this process. */
import { podAutoscalers } from '../../../src/knative/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { ScaleTarget } from '../../hpa/targets.ts';
import { ownerKey } from '../read.ts';
import type { Fleet } from './fleet.ts';

/** The number that is decided upon is read off the autoscaler's status, by way of the PodAutoscaler's. */
export function scaleTargetOf(autoscaler: JsonObject, fleet: Pick<Fleet, 'find'>): ScaleTarget | undefined {
  const [key] = ownerKey(autoscaler, podAutoscalers.kind);
  const entry = key === undefined ? undefined : fleet.find(key);
  if (entry === undefined) return undefined;
  const staying = entry.views.filter(({ uid }) => !entry.leaving.has(uid));
  return { replicas: entry.run.replicas, pods: staying.map(({ pod }) => pod) };
}
