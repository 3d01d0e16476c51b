/** An EnvironmentPolicy's `spec`, put together from its sections. */
import type { KnativeSettings } from '../../knative/settings.ts';
import type { AdmissionPolicy } from './admission.ts';
import type { AutoscalingPolicy } from './autoscaling.ts';
import type { EventingPolicy } from './eventing.ts';
import type { ExceptionsPolicy } from './exceptions.ts';
import type { ImagesPolicy } from './images.ts';
import type { KedaPolicy } from './keda.ts';
import type { NamespacePolicy } from './namespace.ts';
import type { NetworkRules } from './network.ts';
import type { RbacPolicy } from './rbac.ts';
import type { ResourcesPolicy } from './resources.ts';
import type { SecurityPolicy } from './security.ts';
import type { ServingPolicy } from './serving.ts';

/** What becomes of an object that breaks a rule. */
export type Action = 'deny' | 'warn' | 'audit' | 'off';

/** A rule that a policy file brings along, in CEL. */
export interface CustomRule {
  /** The rule's id is `custom/<name>`. */
  readonly name: string;
  readonly match: CustomRuleMatch;
  /** CEL over the variables of ../custom/variables.ts; false is a finding. */
  readonly expression: string;
  readonly message?: string;
  /** CEL that makes the message. */
  readonly messageExpression?: string;
  /** JSON pointer that the finding names; the object itself where it is left out. */
  readonly path?: string;
  readonly action?: Action;
}

/** Which objects a custom rule judges: all that is said here must hold. */
export interface CustomRuleMatch {
  /** `serving.knative.dev/Service`; a core kind stands alone: `Secret`. */
  readonly kinds: readonly string[];
  /** Patterns with `*` for any text; one of them matches. */
  readonly names?: readonly string[];
  /** Likewise; an object that names no namespace may stand in any. */
  readonly namespaces?: readonly string[];
  /** Labels that the object has, with these values. */
  readonly labels?: Readonly<Record<string, string>>;
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
  readonly exceptions?: ExceptionsPolicy;
  readonly admission?: AdmissionPolicy;
  /** The guard rails that a namespace of the environment must contain. */
  readonly namespace?: NamespacePolicy;
}

export interface EnvironmentPolicySpec extends PolicySections {
  readonly extends?: string;
  /** True for a policy that only others extend: no environment has its name. */
  readonly abstract?: boolean;
  readonly description?: string;
  readonly enforcement?: 'deny' | 'warn';
  readonly knative?: Partial<KnativeSettings>;
  /** Actions by rule id, or by family as `autoscaling/*`. */
  readonly rules?: Readonly<Record<string, Action>>;
  readonly custom?: readonly CustomRule[];
}
