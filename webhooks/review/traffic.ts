/**
 * Where a TrafficRollout is about a Service, its spec.traffic is not Git's: an UPDATE that leaves it out (`kubectl replace`,
 * a Git that had it once) gets it back. Knative's webhook, which is asked after this one, would fill in 100 % for the latest
 * Revision (pkg/apis/serving/v1/service_defaults.go), which nobody has looked at yet.
 */
import { arrayAt, isObject, stringAt } from '../../src/kubernetes/json.ts';
import type { PatchOperation } from '../../src/kubernetes/jsonPatch.ts';
import { keyOf, knativeService, trafficRollout } from '../../src/kubernetes/kinds.ts';
import { isBeingDeleted, nameOf } from '../../src/kubernetes/object.ts';
import type { Inventory } from '../../src/policy/engine/inventory.ts';
import type { AdmissionRequest } from './request.ts';

export function trafficBack(
  { operation, object, oldObject, namespace }: AdmissionRequest,
  inventory: Inventory,
): readonly PatchOperation[] {
  if (operation !== 'UPDATE' || object === undefined || keyOf(object) !== knativeService.key) return [];
  if (!isObject(object.spec) || arrayAt(object, 'spec', 'traffic').length > 0) return [];
  const traffic = arrayAt(oldObject, 'spec', 'traffic');
  if (traffic.length === 0) return [];
  const isRolledOut = inventory.inNamespace(trafficRollout, namespace).some((rollout) => {
    return !isBeingDeleted(rollout) && stringAt(rollout, 'spec', 'serviceRef', 'name') === nameOf(object);
  });
  // `add` takes the place of an empty list, too (RFC 6902, 4.1)
  return isRolledOut ? [{ op: 'add', path: '/spec/traffic', value: traffic }] : [];
}
