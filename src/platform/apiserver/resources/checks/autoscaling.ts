/** HorizontalPodAutoscalers: k8s.io/kubernetes pkg/apis/autoscaling/validation/validation.go. */
import { arrayAt, type JsonObject, numberAt, objectAt } from '../../../../kubernetes/json.ts';
import { pathSegmentErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, oneOf, textOf } from './common.ts';

const LONGEST_WINDOW = 3600;
const LONGEST_PERIOD = 1800;
const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];

export function checkAutoscaler(autoscaler: JsonObject, problems: Problems): void {
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
  checkReference(objectAt(spec, 'scaleTargetRef'), 'spec.scaleTargetRef', problems);
  for (const [metric, at] of itemsOf(spec, 'metrics', 'spec')) checkMetric(metric, at, problems);
  for (const direction of ['scaleUp', 'scaleDown']) {
    const rules = objectAt(spec, 'behavior', direction);
    if (rules !== undefined) checkRules(rules, `spec.behavior.${direction}`, problems);
  }
}

function checkReference(reference: JsonObject | undefined, path: string, problems: Problems): void {
  for (const field of ['kind', 'name']) {
    const value = textOf(reference, field);
    if (value === '') problems.required(`${path}.${field}`);
    else problems.invalidBy(`${path}.${field}`, value, pathSegmentErrors(value));
  }
  const version = textOf(reference, 'apiVersion');
  if (!version.includes('/')) problems.invalid(`${path}.apiVersion`, version, 'apiVersion must specify API group');
}

function checkMetric(metric: JsonObject, path: string, problems: Problems): void {
  const type = textOf(metric, 'type');
  if (type === '') problems.required(`${path}.type`, 'must specify a metric source type');
  if (!TYPES.includes(type)) {
    problems.notSupported(`${path}.type`, type, TYPES);
    problems.notSupported(`${path}.type`, type, TYPES); // Kubernetes says it twice
    return;
  }
  const source = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  const given = objectAt(metric, source);
  if (given === undefined) {
    problems.required(`${path}.${source}`, 'must populate information for the given metric source');
    return;
  }
  if (source === 'resource' || source === 'containerResource') {
    if (textOf(given, 'name') === '') problems.required(`${path}.${source}.name`, 'must specify a resource name');
  }
  checkTarget(objectAt(given, 'target'), `${path}.${source}`, source, problems);
}

function checkTarget(target: JsonObject | undefined, path: string, source: string, problems: Problems): void {
  const type = textOf(target, 'type');
  if (type === '') problems.required(`${path}.target.type`, 'must specify a metric target type');
  oneOf(problems, `${path}.target.type`, type, ['Utilization', 'Value', 'AverageValue']);
  const utilization = numberAt(target, 'averageUtilization');
  if (utilization !== undefined && utilization < 1) {
    problems.invalid(`${path}.target.averageUtilization`, utilization, 'must be greater than 0');
  }
  if (source !== 'resource' && source !== 'containerResource') return;
  const hasValue = target?.averageValue !== undefined;
  if (utilization === undefined && !hasValue) {
    const why = 'must set either a target raw value or a target utilization';
    problems.required(`${path}.target.averageUtilization`, why);
  }
  if (utilization !== undefined && hasValue) {
    const why = 'may not set both a target raw value and a target utilization';
    problems.forbidden(`${path}.target.averageValue`, why);
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
  for (const [policy, at] of itemsOf(rules, 'policies', path)) {
    if (policy.type !== 'Pods' && policy.type !== 'Percent') {
      problems.notSupported(`${at}.type`, policy.type ?? '', ['Percent', 'Pods']);
    }
    for (const field of ['value', 'periodSeconds']) {
      const value = numberAt(policy, field) ?? 0;
      if (value <= 0) problems.invalid(`${at}.${field}`, value, 'must be greater than zero');
    }
    const period = numberAt(policy, 'periodSeconds') ?? 0;
    if (period > LONGEST_PERIOD) {
      problems.invalid(`${at}.periodSeconds`, period, `must be less than or equal to ${LONGEST_PERIOD}`);
    }
  }
}
