/** What the checks of one Service are told: objects as the API server gives them. */
import { SERVICE_LABEL } from '../../knative/serving/revisions.ts';
import type { KnativeSettings } from '../../knative/settings.ts';
import { arrayAt, type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { labelsOf, nameOf } from '../../kubernetes/object.ts';
import { itemsOf, type ListLook, type ObjectLook, type Right } from '../look.ts';

export interface ServiceFacts {
  readonly now: Date;
  readonly namespace: string;
  readonly name: string;
  readonly service: JsonObject;
  /** Whether the Secrets are there that `imagePullSecrets` name; undefined where these credentials may not ask. */
  readonly pullSecrets: ReadonlyMap<string, boolean | undefined>;
  readonly route: ObjectLook;
  readonly revisions: ListLook;
  readonly podAutoscalers: ListLook;
  /** Metrics of autoscaling.internal.knative.dev: what the autoscaler reads of each Revision. */
  readonly metrics: ListLook;
  readonly pods: ListLook;
  /** Of the namespace. */
  readonly events: ListLook;
  readonly networkPolicies: ListLook;
  readonly schedules: ListLook;
  readonly brokers: ListLook;
  readonly triggers: ListLook;
  readonly subscriptions: ListLook;
  readonly sources: readonly ListLook[];
  /** The namespace's Knative Services and core Services: who else may be meant by a reference. */
  readonly services: ListLook;
  /** All Namespaces, for their labels. */
  readonly namespaces: ListLook;
  /** Knative's settings as the cluster has them, its defaults where they cannot be read. */
  readonly knative: KnativeSettings;
  /** What runs Knative: Weir's own platform, on which there is no activator, no queue-proxy and no image. */
  readonly isEmbedded: boolean;
  readonly missingRights: readonly Right[];
  /** Who looks, where a right is missing and the API server says it. */
  readonly user: string | undefined;
}

/** Names of the Revisions that get requests, and of the newest one: the newest first. */
export function activeRevisions({ service, revisions }: ServiceFacts): JsonObject[] {
  const latest = stringAt(service, 'status', 'latestCreatedRevisionName');
  const routed = arrayAt(service, 'status', 'traffic').map((target) => stringAt(target, 'revisionName'));
  const names = new Set([latest, ...routed]);
  return itemsOf(revisions)
    .filter((revision) => names.has(nameOf(revision)))
    .sort((left, right) => rank(left, latest) - rank(right, latest) || (nameOf(left) > nameOf(right) ? -1 : 1));
}

function rank(revision: JsonObject, latest: string | undefined): number {
  return nameOf(revision) === latest ? 0 : 1;
}

export function podsOf({ pods }: ServiceFacts, revision: string): JsonObject[] {
  return itemsOf(pods).filter((pod) => labelsOf(pod)['serving.knative.dev/revision'] === revision);
}

/** `serving.knative.dev/service=cart`, for kubectl. */
export function selectorOf({ name }: ServiceFacts): string {
  return `${SERVICE_LABEL}=${name}`;
}
