/**
 * Metrics of autoscaling/v2, and what they are called where autoscaling/v1 keeps them in annotations
 * (k8s.io/kubernetes pkg/apis/autoscaling/v1/conversion.go, k8s.io/api autoscaling/v1/types.go).
 */
import { isObject, type JsonObject, type JsonValue, objectAt, setOwn, valueAt } from '../../../../kubernetes/json.ts';
import { canonicalQuantity } from '../go/quantity.ts';

/** A member of v1 in the order of Go's struct, where it stands in v2, and what Go writes where it is not set. */
interface Member {
  readonly own: string;
  readonly path: readonly string[];
  readonly zero?: JsonValue;
  readonly as?: 'quantity' | 'reference' | 'selector';
}

type Members = Readonly<Record<string, readonly Member[]>>;

const NAME: Member = { own: 'name', path: ['name'], zero: '' };
const CONTAINER: Member = { own: 'container', path: ['container'], zero: '' };
const METRIC: Member = { own: 'metricName', path: ['metric', 'name'], zero: '' };
const DESCRIBED: Member = { own: 'target', path: ['describedObject'], zero: {}, as: 'reference' };

function selector(own: string): Member {
  return { own, path: ['metric', 'selector'], as: 'selector' };
}

function quantity(own: string, ...path: readonly string[]): Member {
  return { own, path, as: 'quantity' };
}

/** Of a type that is no pointer: zero is written. */
function always(member: Member): Member {
  return { ...member, zero: '0' };
}

const WANTED_UTILIZATION: Member = { own: 'targetAverageUtilization', path: ['target', 'averageUtilization'] };
const WANTED_AVERAGE = quantity('targetAverageValue', 'target', 'averageValue');
const CURRENT_UTILIZATION: Member = { own: 'currentAverageUtilization', path: ['current', 'averageUtilization'] };
const CURRENT_AVERAGE = quantity('currentAverageValue', 'current', 'averageValue');

/** By the key of a metric's source, in the order of Go's struct. */
const WANTED: Members = {
  object: [
    DESCRIBED,
    METRIC,
    always(quantity('targetValue', 'target', 'value')),
    selector('selector'),
    quantity('averageValue', 'target', 'averageValue'),
  ],
  pods: [METRIC, always(WANTED_AVERAGE), selector('selector')],
  resource: [NAME, WANTED_UTILIZATION, WANTED_AVERAGE],
  containerResource: [NAME, WANTED_UTILIZATION, WANTED_AVERAGE, CONTAINER],
  external: [METRIC, selector('metricSelector'), quantity('targetValue', 'target', 'value'), WANTED_AVERAGE],
};
const CURRENT: Members = {
  object: [
    DESCRIBED,
    METRIC,
    always(quantity('currentValue', 'current', 'value')),
    selector('selector'),
    quantity('averageValue', 'current', 'averageValue'),
  ],
  pods: [METRIC, always(CURRENT_AVERAGE), selector('selector')],
  resource: [NAME, CURRENT_UTILIZATION, always(CURRENT_AVERAGE)],
  containerResource: [NAME, CURRENT_UTILIZATION, always(CURRENT_AVERAGE), CONTAINER],
  external: [METRIC, selector('metricSelector'), always(quantity('currentValue', 'current', 'value')), CURRENT_AVERAGE],
};

/** A metric of v2's spec as v1 writes it. */
export function metricToV1(metric: JsonObject): JsonObject {
  return toV1(metric, WANTED);
}

/** A metric of v2's status. */
export function currentToV1(metric: JsonObject): JsonObject {
  return toV1(metric, CURRENT);
}

function toV1(metric: JsonObject, sources: Members): JsonObject {
  const result: Record<string, JsonValue> = { type: valueAt(metric, 'type') ?? '' };
  for (const [source, members] of Object.entries(sources)) {
    const given = objectAt(metric, source);
    if (given === undefined) continue;
    const moved: Record<string, JsonValue> = {};
    for (const { own, path, zero, as } of members) {
      const value = valueAt(given, ...path) ?? zero;
      if (value !== undefined && value !== null) moved[own] = inGoOrder(value, as);
    }
    result[source] = moved;
  }
  return result;
}

/** @returns undefined where Go could not read it */
export function metricFromV1(metric: JsonValue): JsonObject | undefined {
  const read = fromV1(metric, WANTED);
  if (read === undefined) return undefined;
  const result: Record<string, JsonValue | undefined> = { ...read };
  for (const source of Object.keys(WANTED)) {
    const given = objectAt(read, source);
    if (given !== undefined) result[source] = withTarget(source, given);
  }
  return result;
}

/** @returns undefined where Go could not read it */
export function currentFromV1(metric: JsonValue): JsonObject | undefined {
  return fromV1(metric, CURRENT);
}

function fromV1(metric: JsonValue, sources: Members): JsonObject | undefined {
  if (!isObject(metric)) return undefined;
  const { type = '' } = metric;
  if (typeof type !== 'string') return undefined;
  const result: Record<string, JsonValue> = { type };
  for (const [source, members] of Object.entries(sources)) {
    const given = metric[source] ?? undefined;
    if (given === undefined) continue;
    if (!isObject(given)) return undefined;
    let moved: JsonObject = {};
    for (const { own, path, zero, as } of members) {
      const value = given[own] ?? zero;
      if (value === undefined) continue;
      if (as === 'quantity' && canonicalQuantity(value) === undefined) return undefined;
      moved = withMember(moved, path, value);
    }
    result[source] = moved;
  }
  return result;
}

/** v2 says of each target what kind of number it is; v1 tells it by the one that is set. */
function withTarget(source: string, given: JsonObject): JsonObject {
  const { value, averageValue, averageUtilization } = objectAt(given, 'target') ?? {};
  switch (source) {
    case 'object': {
      if (averageValue === undefined) return { ...given, target: { type: 'Value', value } };
      // a zero is what v1 cannot leave out
      const own = value === undefined || canonicalQuantity(value) === '0' ? {} : { value };
      return { ...given, target: { type: 'AverageValue', ...own, averageValue } };
    }
    case 'pods':
      return { ...given, target: { type: 'AverageValue', averageValue } };
    case 'external':
      return { ...given, target: { type: value === undefined ? 'AverageValue' : 'Value', value, averageValue } };
    default: {
      const type = averageUtilization === undefined ? 'AverageValue' : 'Utilization';
      return { ...given, target: { type, averageValue, averageUtilization } };
    }
  }
}

function withMember(object: JsonObject, [step = '', ...rest]: readonly string[], value: JsonValue): JsonObject {
  const copy: Record<string, JsonValue | undefined> = { ...object };
  setOwn(copy, step, rest.length === 0 ? value : withMember(objectAt(object, step) ?? {}, rest, value));
  return copy;
}

/** As Go's encoder orders what stands below. */
function inGoOrder(value: JsonValue, as: Member['as']): JsonValue {
  if (as === 'reference') {
    const { kind = '', name = '', apiVersion } = objectAt(value) ?? {};
    return { kind, name, ...(apiVersion !== undefined && { apiVersion }) };
  }
  if (as !== 'selector') return value;
  const { matchLabels, matchExpressions } = objectAt(value) ?? {};
  const expressions = Array.isArray(matchExpressions) ? matchExpressions.filter(isObject) : [];
  return {
    ...(isObject(matchLabels) && { matchLabels: byKey(matchLabels) }),
    ...(expressions.length > 0 && {
      matchExpressions: expressions.map(({ key = '', operator = '', values }) => ({
        key,
        operator,
        ...(values !== undefined && { values }),
      })),
    }),
  };
}

function byKey(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(([left], [right]) => (left < right ? -1 : 1)));
}
