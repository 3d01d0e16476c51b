/** HorizontalPodAutoscalers: k8s.io/kubernetes pkg/apis/autoscaling/validation/validation.go. */
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { parseQuantity } from '../../../../kubernetes/quantity.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, nonNegative, oneOf, textOf } from './common.ts';
import { checkMetric, checkReference } from './metrics.ts';

const LONGEST_WINDOW = 3600;
const LONGEST_PERIOD = 1800;

export function checkAutoscaler(autoscaler: JsonObject, problems: Problems, old: JsonObject | undefined): void {
  const spec = objectAt(autoscaler, 'spec') ?? {};
  const least = numberAt(spec, 'minReplicas');
  const most = numberAt(spec, 'maxReplicas') ?? 0;
  if (least !== undefined && least < 1) {
    problems.invalid('spec.minReplicas', least, 'must be greater than or equal to 1');
  }
  if (most === 0) problems.required('spec.maxReplicas', 'must be set and greater than 0');
  else if (most < 0) problems.invalid('spec.maxReplicas', most, 'must be greater than or equal to 1');
  if (least !== undefined && most < least) {
    problems.invalid('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`');
  }
  const target = objectAt(spec, 'scaleTargetRef');
  // a version that stays is not looked at again
  const isKnown = isSameKind(target, objectAt(old, 'spec', 'scaleTargetRef'));
  const shown = isKnown ? { ...target, apiVersion: 'apps/v1' } : target;
  checkReference(shown, 'spec.scaleTargetRef', problems, textOf(target, 'kind') === 'ReplicationController');
  for (const [metric, at] of itemsOf(spec, 'metrics', 'spec')) checkMetric(metric, at, problems);
  const types = arrayAt(spec, 'metrics').map((metric) => stringAt(metric, 'type'));
  if (least === 0 && !types.includes('Object') && !types.includes('External')) {
    const why = 'must specify at least one Object or External metric to support scaling to zero replicas';
    problems.forbidden('spec.metrics', why);
  }
  for (const direction of ['scaleUp', 'scaleDown']) {
    const rules = objectAt(spec, 'behavior', direction);
    if (rules !== undefined) checkRules(rules, `spec.behavior.${direction}`, problems);
  }
}

function isSameKind(reference: JsonObject | undefined, old: JsonObject | undefined): boolean {
  return old !== undefined && ['apiVersion', 'kind'].every((key) => textOf(reference, key) === textOf(old, key));
}

export function checkAutoscalerStatus(autoscaler: JsonObject, _old: JsonObject, problems: Problems): void {
  for (const field of ['currentReplicas', 'desiredReplicas']) {
    nonNegative(problems, `status.${field}`, numberAt(autoscaler, 'status', field));
  }
}

function checkRules(rules: JsonObject, path: string, problems: Problems): void {
  const window = numberAt(rules, 'stabilizationWindowSeconds');
  if (window !== undefined && window < 0) {
    problems.invalid(`${path}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero');
  }
  if (window !== undefined && window > LONGEST_WINDOW) {
    problems.invalid(`${path}.stabilizationWindowSeconds`, window, `must be less than or equal to ${LONGEST_WINDOW}`);
  }
  oneOf(problems, `${path}.selectPolicy`, rules.selectPolicy, ['Disabled', 'Max', 'Min']);
  if (arrayAt(rules, 'policies').length === 0)
    problems.required(`${path}.policies`, 'must specify at least one Policy');
  for (const [policy, at] of itemsOf(rules, 'policies', path)) checkPolicy(policy, at, problems);
  const tolerance = parseQuantity(rules.tolerance);
  if (tolerance !== undefined && tolerance < 0n) {
    problems.invalid(`${path}.tolerance`, rules.tolerance, 'must be greater than or equal to 0');
  }
}

function checkPolicy(policy: JsonObject, path: string, problems: Problems): void {
  if (policy.type !== 'Pods' && policy.type !== 'Percent') {
    problems.notSupported(`${path}.type`, policy.type ?? '', ['Percent', 'Pods']);
  }
  for (const field of ['value', 'periodSeconds']) {
    const value = numberAt(policy, field) ?? 0;
    if (value <= 0) problems.invalid(`${path}.${field}`, value, 'must be greater than zero');
  }
  const period = numberAt(policy, 'periodSeconds') ?? 0;
  if (period > LONGEST_PERIOD) {
    problems.invalid(`${path}.periodSeconds`, period, `must be less than or equal to ${LONGEST_PERIOD}`);
  }
}
