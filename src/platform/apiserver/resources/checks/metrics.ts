/** What a HorizontalPodAutoscaler measures: k8s.io/kubernetes pkg/apis/autoscaling/validation/validation.go. */
import { type JsonObject, numberAt, objectAt } from '../../../../kubernetes/json.ts';
import { dns1123LabelErrors, pathSegmentErrors } from '../../../../kubernetes/names.ts';
import { parseQuantity } from '../../../../kubernetes/quantity.ts';
import type { Problems } from '../problems.ts';
import { textOf } from './common.ts';
import { checkContainerResourceName } from './resources.ts';

const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
/** In the order in which they are looked at; of several the first alone is judged. */
const SOURCES = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;
const TARGETS = ['Utilization', 'Value', 'AverageValue'];

export function checkMetric(metric: JsonObject, path: string, problems: Problems): void {
  const type = textOf(metric, 'type');
  if (type === '') problems.required(`${path}.type`, 'must specify a metric source type');
  if (!TYPES.includes(type)) problems.notSupported(`${path}.type`, type, TYPES);

  const present = SOURCES.filter((source) => objectAt(metric, source) !== undefined);
  const [first] = present;
  if (first !== undefined) checkSource(first, objectAt(metric, first) ?? {}, `${path}.${first}`, problems);

  const wanted = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  if (!TYPES.includes(type))
    problems.notSupported(`${path}.type`, type, TYPES); // Kubernetes says it twice
  else if (!present.some((source) => source === wanted)) {
    problems.required(`${path}.${wanted}`, 'must populate information for the given metric source');
  }
  if (present.length === 1) return;
  for (const source of present) {
    if (source !== wanted) problems.forbidden(`${path}.${source}`, 'must populate the given metric source only');
  }
}

function checkSource(kind: (typeof SOURCES)[number], source: JsonObject, path: string, problems: Problems): void {
  if (kind === 'object') checkReference(objectAt(source, 'describedObject'), `${path}.describedObject`, problems, true);
  if (kind === 'resource' || kind === 'containerResource') checkNames(kind, source, path, problems);
  else checkIdentifier(objectAt(source, 'metric'), `${path}.metric`, problems);

  const target = objectAt(source, 'target') ?? {};
  checkTarget(target, `${path}.target`, problems);
  if (kind === 'resource' || kind === 'containerResource') checkUsage(target, path, problems);
  else checkValue(kind, target, path, problems);
}

function checkUsage(target: JsonObject, path: string, problems: Problems): void {
  const hasAverage = target.averageValue !== undefined;
  const hasUtilization = target.averageUtilization !== undefined;
  if (!hasUtilization && !hasAverage) {
    const why = 'must set either a target raw value or a target utilization';
    problems.required(`${path}.target.averageUtilization`, why);
  }
  if (hasUtilization && hasAverage) {
    const why = 'may not set both a target raw value and a target utilization';
    problems.forbidden(`${path}.target.averageValue`, why);
  }
}

/** What is wrong where none of its values is set. */
const MISSING = {
  object: 'must set either a target value or averageValue',
  external: 'must set either a target value for metric or a per-pod target',
  pods: 'must specify a positive target averageValue',
} as const;

function checkValue(kind: keyof typeof MISSING, target: JsonObject, path: string, problems: Problems): void {
  const hasValue = target.value !== undefined;
  const hasAverage = target.averageValue !== undefined;
  const isMissing = !hasAverage && (kind === 'pods' || !hasValue);
  if (isMissing) problems.required(`${path}.target.averageValue`, MISSING[kind]);
  if (kind === 'external' && hasValue && hasAverage) {
    const why = 'may not set both a target value for metric and a per-pod target';
    problems.forbidden(`${path}.target.value`, why);
  }
}

function checkNames(kind: string, source: JsonObject, path: string, problems: Problems): void {
  const name = textOf(source, 'name');
  if (name === '') problems.required(`${path}.name`, 'must specify a resource name');
  if (kind === 'resource') return;

  if (name !== '') checkContainerResourceName(name, `${path}.name`, problems);
  const container = textOf(source, 'container');
  if (container === '') problems.required(`${path}.container`, 'must specify a container');
  else problems.invalidBy(`${path}.container`, container, dns1123LabelErrors(container));
}

function checkIdentifier(metric: JsonObject | undefined, path: string, problems: Problems): void {
  const name = textOf(metric, 'name');
  if (name === '') problems.required(`${path}.name`, 'must specify a metric name');
  else problems.invalidBy(`${path}.name`, name, pathSegmentErrors(name));
}

function checkTarget(target: JsonObject, path: string, problems: Problems): void {
  const type = textOf(target, 'type');
  if (type === '') problems.required(`${path}.type`, 'must specify a metric target type');
  if (!TARGETS.includes(type)) {
    problems.invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue');
  }
  for (const field of ['value', 'averageValue']) {
    const quantity = parseQuantity(target[field]);
    if (quantity !== undefined && quantity <= 0n) {
      problems.invalid(`${path}.${field}`, target[field], 'must be positive');
    }
  }
  const utilization = numberAt(target, 'averageUtilization');
  if (utilization !== undefined && utilization < 1) {
    problems.invalid(`${path}.averageUtilization`, utilization, 'must be greater than 0');
  }
}

/** @param mayBeCore whether the kind may be one of the core group */
export function checkReference(
  reference: JsonObject | undefined,
  path: string,
  problems: Problems,
  mayBeCore: boolean,
): void {
  for (const field of ['kind', 'name']) {
    const value = textOf(reference, field);
    if (value === '') problems.required(`${path}.${field}`);
    else problems.invalidBy(`${path}.${field}`, value, pathSegmentErrors(value));
  }
  const version = textOf(reference, 'apiVersion');
  const slashes = version.split('/').length - 1;
  const at = `${path}.apiVersion`;
  if (slashes > 1) problems.invalid(at, version, `unexpected GroupVersion string: ${version}`);
  else if (!mayBeCore && (slashes === 0 || version.startsWith('/'))) {
    problems.invalid(at, version, 'apiVersion must specify API group');
  }
}
