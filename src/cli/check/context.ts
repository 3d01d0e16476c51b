/** What the objects of one environment are judged with. */
import type { JsonObject } from '../../kubernetes/json.ts';
import { policyException } from '../../kubernetes/kinds.ts';
import { type PolicyException, readException } from '../../policy/engine/exceptions.ts';
import { inventoryOf } from '../../policy/engine/inventory.ts';
import type { JudgeContext } from '../../policy/engine/judge.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { withClusterSettings } from '../../policy/settings.ts';

/** The objects are each other's inventory; their PolicyExceptions and Knative's ConfigMaps among them count. */
export function contextFor(policy: EffectivePolicy, objects: readonly JsonObject[], now: Date): JudgeContext {
  const inventory = inventoryOf(objects);
  const exceptions: PolicyException[] = [];
  for (const object of inventory.all(policyException)) {
    const exception = readException(object, policy);
    if (exception !== undefined) exceptions.push(exception);
  }
  return { policy: withClusterSettings(policy, inventory), inventory, exceptions, now };
}
