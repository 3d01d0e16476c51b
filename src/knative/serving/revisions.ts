/**
 * What of a Revision says whose it is, and whether it takes traffic (knative/serving pkg/apis/serving/register.go,
 * pkg/apis/serving/v1/revision_helpers.go; the same from 1.15 to 1.23).
 */
import { arrayAt, type JsonObject, stringAt } from '../../kubernetes/json.ts';

export const SERVICE_LABEL = 'serving.knative.dev/service';
export const CONFIGURATION_LABEL = 'serving.knative.dev/configuration';
export const ROUTING_STATE_LABEL = 'serving.knative.dev/routingState';

/** The Service that made it, or undefined for one of a Configuration that stands alone. */
export function serviceOf(revision: JsonObject): string | undefined {
  return stringAt(revision, 'metadata', 'labels', SERVICE_LABEL);
}

export function configurationOf(revision: JsonObject): string | undefined {
  return stringAt(revision, 'metadata', 'labels', CONFIGURATION_LABEL);
}

/**
 * A Route names it in spec.traffic or in status.traffic, be it by a tag alone (pkg/reconciler/labeler/metasync.go). One in
 * `reserve` ignores min-scale, and one that is `pending` has no Route yet.
 */
export function isActive(revision: JsonObject): boolean {
  return stringAt(revision, 'metadata', 'labels', ROUTING_STATE_LABEL) === 'active';
}

export function isReady(revision: JsonObject): boolean {
  for (const condition of arrayAt(revision, 'status', 'conditions')) {
    if (stringAt(condition, 'type') === 'Ready') return stringAt(condition, 'status') === 'True';
  }
  return false;
}

/** Its PodAutoscaler has its name (pkg/reconciler/revision/resources/names/names.go). */
export function podAutoscalerOf(revision: JsonObject): string {
  return stringAt(revision, 'metadata', 'name') ?? '';
}
