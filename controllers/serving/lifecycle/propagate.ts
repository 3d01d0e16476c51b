import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import type { Conditions } from '../../status/conditions.ts';

/** Gives a condition what another object says of its readiness; nothing where that says nothing yet. */
export function propagate(conditions: Conditions, type: string, from: JsonObject): void {
  for (const ready of arrayAt(from, 'status', 'conditions')) {
    if (stringAt(ready, 'type') !== 'Ready') continue;
    const status = stringAt(ready, 'status');
    const reason = stringAt(ready, 'reason') ?? '';
    const message = stringAt(ready, 'message') ?? '';
    if (status === 'True' || status === 'False' || status === 'Unknown')
      conditions.mark({ type, status, reason, message });
  }
}
