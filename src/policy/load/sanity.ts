/**
 * What single fields cannot say: fields of an effective policy that contradict each other, so that a default which the
 * policy fills in would break the policy, or Knative would refuse it.
 */
import { type JsonObject, valueAt } from '../../kubernetes/json.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { malformedDeadLetters } from './deadLetters.ts';
import { malformedFreeze } from './freeze.ts';
import { malformedGuardRails } from './guardRails/shape.ts';
import { type Order, sizeOf } from './order.ts';
import { show } from './sentence.ts';

/** Two places of a spec that contradict each other. */
export interface Contradiction {
  /** The steps to each, from `spec`. */
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly message: string;
}

interface Limit {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly order: Order;
}

/** The left is at most the right. */
const LIMITS: readonly Limit[] = [
  ...replicas('autoscaling', 'minScale', 'maxScale'),
  ...replicas('keda', 'minReplicaCount', 'maxReplicaCount'),
  atMost('number', 'autoscaling.initialScale.default', 'autoscaling.maxScale.max'),
  ...['cpu', 'memory', 'ephemeral-storage'].flatMap((resource) => [
    atMost('quantity', `resources.requests.${resource}.default`, `resources.limits.${resource}.default`),
    atMost('quantity', `resources.requests.${resource}.default`, `resources.limits.${resource}.max`),
    atMost('quantity', `resources.requests.${resource}.min`, `resources.limits.${resource}.max`),
    atMost('quantity', `resources.requests.${resource}.default`, `resources.budget.${resource}`),
  ]),
];

function replicas(section: string, min: string, max: string): Limit[] {
  return [
    atMost('number', `${section}.${min}.default`, `${section}.${max}.default`),
    atMost('number', `${section}.${min}.default`, `${section}.${max}.max`),
    atMost('number', `${section}.${min}.min`, `${section}.${max}.max`),
  ];
}

function atMost(order: Order, left: string, right: string): Limit {
  return { left: left.split('.'), right: right.split('.'), order };
}

/** `default` is one of `allowed`. */
const CHOICES = [['eventing', 'delivery', 'backoffPolicy'] as const, ['network', 'visibility'] as const];

export function contradictions(spec: JsonObject): Contradiction[] {
  return [
    ...brokenLimits(spec),
    ...brokenChoices(spec),
    ...brokenRatios(spec),
    ...beyondKnative(spec),
    ...malformedGuardRails(spec),
    ...malformedFreeze(spec),
    ...malformedDeadLetters(spec),
  ];
}

function brokenLimits(spec: JsonObject): Contradiction[] {
  const found: Contradiction[] = [];
  for (const { left, right, order } of LIMITS) {
    const value = valueAt(spec, ...left);
    const bound = valueAt(spec, ...right);
    const size = sizeOf(order, value);
    const most = sizeOf(order, bound);
    if (size === undefined || most === undefined || size <= most) continue;
    found.push({
      left,
      right,
      message: `${left.join('.')} is ${show(value)}, above ${right.join('.')} ${show(bound)}`,
    });
  }
  return found;
}

function brokenChoices(spec: JsonObject): Contradiction[] {
  const found: Contradiction[] = [];
  for (const way of CHOICES) {
    const value = valueAt(spec, ...way, 'default');
    const allowed = valueAt(spec, ...way, 'allowed');
    if (value === undefined || !Array.isArray(allowed) || allowed.includes(value)) continue;
    const left = [...way, 'default'];
    const message = `${left.join('.')} is ${show(value)}, and ${way.join('.')}.allowed has only ${allowed.join(', ')}`;
    found.push({ left, right: [...way, 'allowed'], message });
  }
  return found;
}

function brokenRatios(spec: JsonObject): Contradiction[] {
  const found: Contradiction[] = [];
  for (const resource of ['cpu', 'memory', 'ephemeral-storage']) {
    const left = ['resources', 'limits', resource, 'default'];
    const right = ['resources', 'limitToRequest', resource];
    const limit = parseQuantity(valueAt(spec, ...left));
    const request = parseQuantity(valueAt(spec, 'resources', 'requests', resource, 'default'));
    const ratio = valueAt(spec, ...right);
    if (limit === undefined || request === undefined || request === 0n || typeof ratio !== 'number') continue;

    const times = Number(limit) / Number(request);
    if (times <= ratio * (1 + Number.EPSILON)) continue;
    const message =
      `${left.join('.')} is ${show(valueAt(spec, ...left))}, ${Math.round(times * 100) / 100} times the default request, ` +
      `above ${right.join('.')} ${ratio}`;
    found.push({ left, right, message });
  }
  return found;
}

/** config-autoscaler's max-scale-limit: Knative refuses a larger max-scale, and 0 is no limit. */
function beyondKnative(spec: JsonObject): Contradiction[] {
  const right = ['knative', 'autoscaler', 'max-scale-limit'];
  const limit = Number(valueAt(spec, ...right) ?? 0);
  const left = ['autoscaling', 'maxScale', 'default'];
  const value = valueAt(spec, ...left);
  if (typeof value !== 'number' || !(limit > 0) || value <= limit) return [];
  return [
    {
      left,
      right,
      message: `${left.join('.')} is ${value}, and Knative refuses what is above ${right.join('.')} ${limit}`,
    },
  ];
}
