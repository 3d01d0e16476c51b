/** Every rule that Weir ships, family by family, in the order in which findings of one object are told. */
import type { Rule } from '../engine/rule.ts';
import { admissionRules } from './admission.ts';
import { auditRules } from './audit.ts';
import { autoscalingRules } from './autoscaling/index.ts';
import { eventingRules } from './eventing/index.ts';
import { exceptionsRules } from './exceptions/index.ts';
import { imagesRules } from './images/index.ts';
import { kedaRules } from './keda/index.ts';
import { kindsRules } from './kinds/index.ts';
import { knativeRules } from './knative/index.ts';
import { namespaceRules } from './namespace/index.ts';
import { networkRules } from './network/index.ts';
import { rbacRules } from './rbac/index.ts';
import { resourcesRules } from './resources/index.ts';
import { rolloutRules } from './rollout/index.ts';
import { scheduleRules } from './schedule/index.ts';
import { securityRules } from './security/index.ts';
import { servingRules } from './serving/index.ts';
import { inputRules } from './yaml/index.ts';

/** What a PolicyException can name. */
const excusable: readonly Rule[] = [
  ...kindsRules,
  ...knativeRules,
  ...autoscalingRules,
  ...resourcesRules,
  ...imagesRules,
  ...servingRules,
  ...networkRules,
  ...securityRules,
  ...rbacRules,
  ...eventingRules,
  ...kedaRules,
  ...namespaceRules,
  ...scheduleRules,
  ...rolloutRules,
];

export const rules: readonly Rule[] = [
  ...excusable,
  ...exceptionsRules([...excusable, ...admissionRules, ...auditRules, ...inputRules]),
];
