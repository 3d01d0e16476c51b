/** What the checks of a cluster are told: objects as the API server gives them. */
import type { JsonObject } from '../../kubernetes/json.ts';
import { nameOf } from '../../kubernetes/object.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import type { ListLook, Look, ObjectLook, Right } from '../look.ts';

/** Where Weir is, unless its configurations name another place. */
export const WEIR_NAMESPACE = 'weir-system';
export const WEBHOOK = 'weir-webhook';
export const CONTROLLER = 'weir-controller';
/** Weir's two webhook configurations. */
export const MUTATING = 'defaults.weir.dev';
export const VALIDATING = 'policy.weir.dev';

export interface ClusterFacts {
  readonly now: Date;
  /** The API server's own time when it answered, and how long the answer took, in milliseconds; undefined where it says none. */
  readonly serverTime: { readonly date: Date; readonly tookMs: number } | undefined;
  /** Of `/version`: `v1.36.3`. */
  readonly gitVersion: string;
  /** CustomResourceDefinitions by name, those of DEFINITIONS alone. */
  readonly definitions: ReadonlyMap<string, ObjectLook>;
  readonly mutating: ListLook;
  readonly validating: ListLook;
  /** The Services that the configurations name, with what stands behind them; by `namespace/name`. */
  readonly backends: ReadonlyMap<string, Backend>;
  /** Deployments by `namespace/name`: Weir's, Knative's and the ingress's. */
  readonly deployments: ReadonlyMap<string, ObjectLook>;
  /** Of Weir's namespace. */
  readonly pods: ListLook;
  readonly events: ListLook;
  /** What asking Weir's webhook by a dry run brought; undefined where nobody asked. */
  readonly answers: readonly Answer[];
  /** Why no dry run was made, where none was. */
  readonly notAsked: string | undefined;
  readonly policies: PolicyFacts;
  /** ConfigMaps of Knative Serving, by name. */
  readonly settings: ReadonlyMap<string, ObjectLook>;
  readonly namespaces: ListLook;
  /** How many Knative Services each namespace holds. */
  readonly services: Look<ReadonlyMap<string, number>>;
  /** What could not be seen for want of a right. */
  readonly missingRights: readonly Right[];
  /** Who looks, where a right is missing and the API server says it. */
  readonly user: string | undefined;
}

export interface Backend {
  readonly service: ObjectLook;
  readonly slices: ListLook;
}

/** One dry run. */
export interface Answer {
  readonly of: 'weir' | 'knative';
  /** `denied`: the webhook said no, as it should; `let-in`: nobody did; `failed`: it did not answer, `words` say why. */
  readonly outcome: 'denied' | 'let-in' | 'failed';
  readonly words: string;
}

export interface PolicyFacts {
  /** Where they come from: `ConfigMap weir-policies-abc`, or a folder. */
  readonly shownAs: string;
  /** True for those by which the cluster judges; others stand in where the cluster's cannot be read. */
  readonly areClusters: boolean;
  readonly byName: ReadonlyMap<string, EffectivePolicy>;
  /** Each a sentence with its place. */
  readonly errors: readonly string[];
  /** Of the ConfigMap's content, as the webhook's Events, its log and `weir_policy_info` name it; empty where there is none. */
  readonly hash: string;
  /** The ConfigMap that the Deployment mounts; undefined where no Deployment says it. */
  readonly configMap: { readonly name: string; readonly look: ObjectLook } | undefined;
}

/** Definitions that are looked at: without the required ones nothing works. */
export const DEFINITIONS: readonly { readonly name: string; readonly of: 'serving' | 'eventing' | 'weir' }[] = [
  { name: 'services.serving.knative.dev', of: 'serving' },
  { name: 'configurations.serving.knative.dev', of: 'serving' },
  { name: 'revisions.serving.knative.dev', of: 'serving' },
  { name: 'routes.serving.knative.dev', of: 'serving' },
  { name: 'podautoscalers.autoscaling.internal.knative.dev', of: 'serving' },
  { name: 'brokers.eventing.knative.dev', of: 'eventing' },
  { name: 'triggers.eventing.knative.dev', of: 'eventing' },
  { name: 'subscriptions.messaging.knative.dev', of: 'eventing' },
  { name: 'pingsources.sources.knative.dev', of: 'eventing' },
  { name: 'policyexceptions.weir.dev', of: 'weir' },
  { name: 'scalingschedules.weir.dev', of: 'weir' },
  { name: 'trafficrollouts.weir.dev', of: 'weir' },
];

export const SETTINGS = [
  'config-network',
  'config-domain',
  'config-autoscaler',
  'config-defaults',
  'config-features',
] as const;

/** Weir's own API server, which plays Knative's control half itself: no Deployment stands for it. */
export function isEmbedded({ gitVersion }: ClusterFacts): boolean {
  return gitVersion.endsWith('+weir');
}

export function configurationNamed(look: ListLook, name: string): JsonObject | undefined {
  if (look.is !== 'seen') return undefined;
  return look.value.find((each) => nameOf(each) === name);
}
