/**
 * Who wrote spec.traffic, as the Service itself says: by metadata.managedFields, and by what `kubectl apply` and Argo CD
 * leave in an annotation. A list that is atomic is owned as a whole, so that one key says it all
 * (sigs.k8s.io/structured-merge-diff; knative/serving's schema of a Service).
 */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../kubernetes/json.ts';
import { isDefaultTraffic } from './traffic.ts';

export type TrafficOwner =
  | { readonly kind: 'ours' }
  /**
   * It is as Knative's webhook fills it in: nobody has said anything, or somebody has said just that, which reads alike.
   * `manager`: by whose write it came, where there was one.
   */
  | { readonly kind: 'nobody'; readonly manager?: string }
  /** Something that applies, and would again: its traffic is never overridden. */
  | { readonly kind: 'git'; readonly manager: string }
  /** Somebody who wrote it once. */
  | { readonly kind: 'person'; readonly manager: string };

/** Of server-side apply. */
export const FIELD_MANAGER = 'weir-rollout';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export function trafficOwner(service: JsonObject): TrafficOwner {
  const owners = arrayAt(service, 'metadata', 'managedFields').filter(isObject).filter(ownsTraffic);
  const others = owners.filter((entry) => managerOf(entry) !== FIELD_MANAGER);

  const applies = others.find((entry) => stringAt(entry, 'operation') === 'Apply');
  if (applies !== undefined) return { kind: 'git', manager: managerOf(applies) };
  if (isLastApplied(service)) return { kind: 'git', manager: managerOf(others[0]) || 'kubectl apply' };
  if (owners.length > others.length) return { kind: 'ours' };
  const [writer] = others;
  if (writer === undefined) return { kind: 'nobody' };
  if (isDefaultTraffic(service)) return { kind: 'nobody', manager: managerOf(writer) };
  return { kind: 'person', manager: managerOf(writer) };
}

function ownsTraffic(entry: JsonObject): boolean {
  if ((stringAt(entry, 'subresource') ?? '') !== '') return false;
  return objectAt(entry, 'fieldsV1', 'f:spec', 'f:traffic') !== undefined;
}

function managerOf(entry: JsonObject | undefined): string {
  return stringAt(entry, 'manager') ?? '';
}

function isLastApplied(service: JsonObject): boolean {
  const text = stringAt(service, 'metadata', 'annotations', LAST_APPLIED);
  return text !== undefined && arrayAt(parsed(text), 'spec', 'traffic').length > 0;
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
