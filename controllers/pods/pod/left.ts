/** What a platform that ended left of a Pod. */
import { arrayAt, type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import type { RestartPolicy } from './container.ts';

/**
 * `lost` where something of it ran and may not be started again, as on a node that was started anew; everything else
 * begins from the start.
 */
export function leftOf(pod: JsonObject, policy: RestartPolicy): 'lost' | 'nothing' {
  if (policy !== 'Never') return 'nothing';
  const statuses = [...arrayAt(pod, 'status', 'initContainerStatuses'), ...arrayAt(pod, 'status', 'containerStatuses')];
  const hasRun = statuses.some(
    (status) =>
      objectAt(status, 'state', 'running') !== undefined || objectAt(status, 'state', 'terminated') !== undefined,
  );
  return hasRun ? 'lost' : 'nothing';
}
