/** PodDisruptionBudgets: k8s.io/kubernetes pkg/apis/policy/validation/validation.go. */
import { type JsonObject, objectAt } from '../../../../kubernetes/json.ts';
import type { Problems } from '../problems.ts';
import { atMostAll, countOrPercent, oneOf } from './common.ts';
import { checkSelector } from './selectors.ts';

export function checkDisruptionBudget(budget: JsonObject, problems: Problems): void {
  const spec = objectAt(budget, 'spec') ?? {};
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    problems.invalidStruct('spec', shown(spec), 'minAvailable and maxUnavailable cannot be both set');
  }
  for (const field of ['minAvailable', 'maxUnavailable']) {
    if (spec[field] === undefined) continue;
    countOrPercent(problems, `spec.${field}`, spec[field]);
    atMostAll(problems, `spec.${field}`, spec[field]);
  }
  checkSelector(objectAt(spec, 'selector'), 'spec.selector', problems);
  const policies = ['AlwaysAllow', 'IfHealthyBudget'];
  oneOf(problems, 'spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, policies);
}

/** Kubernetes prints its internal type. */
function shown(spec: JsonObject): JsonObject {
  const { minAvailable, selector, maxUnavailable, unhealthyPodEvictionPolicy } = spec;
  return {
    MinAvailable: minAvailable ?? null,
    Selector: selector ?? null,
    MaxUnavailable: maxUnavailable ?? null,
    UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
  };
}
