/** An EnvironmentPolicy's `spec`, put together from its sections. */
import type { KnativeSettings } from '../../knative/settings.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { AutoscalingPolicy } from './autoscaling.ts';
import type { EventingPolicy } from './eventing.ts';
import type { ImagesPolicy } from './images.ts';
import type { KedaPolicy } from './keda.ts';
import type { NetworkRules } from './network.ts';
import type { RbacPolicy } from './rbac.ts';
import type { ResourcesPolicy } from './resources.ts';
import type { SecurityPolicy } from './security.ts';
import type { ServingPolicy } from './serving.ts';

/** What becomes of an object that breaks a rule. */
export type Action = 'deny' | 'warn' | 'audit' | 'off';

/** A rule that a policy file brings along, in CEL. */
export interface CustomRule {
  readonly name: string;
  readonly match: { readonly kinds: readonly string[] };
  /** CEL over `object`; false is a finding. */
  readonly expression: string;
  readonly message?: string;
  /** CEL that makes the message. */
  readonly messageExpression?: string;
  /** JSON pointer that the finding names; the object itself where it is left out. */
  readonly path?: string;
  readonly action?: Action;
}

export interface PolicySections {
  readonly autoscaling?: AutoscalingPolicy;
  readonly resources?: ResourcesPolicy;
  readonly images?: ImagesPolicy;
  readonly network?: NetworkRules;
  readonly rbac?: RbacPolicy;
  readonly security?: SecurityPolicy;
  readonly serving?: ServingPolicy;
  readonly eventing?: EventingPolicy;
  readonly keda?: KedaPolicy;
  /** The guard rails that a namespace of the environment must contain. */
  readonly namespace?: JsonObject;
}

export interface EnvironmentPolicySpec extends PolicySections {
  readonly extends?: string;
  readonly description?: string;
  readonly enforcement?: 'deny' | 'warn';
  readonly knative?: Partial<KnativeSettings>;
  /** Actions by rule id, or by family as `autoscaling/*`. */
  readonly rules?: Readonly<Record<string, Action>>;
  readonly custom?: readonly CustomRule[];
}
