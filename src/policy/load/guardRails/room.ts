/**
 * Quotas and limits under which no pod of Knative would start. Each pod has a container that nobody wrote, queue-proxy:
 * with a CPU request and, usually, nothing else. What it lacks, the LimitRange must give; what it has, the LimitRange
 * must bear; and the quota must have room for it.
 *
 * How a LimitRange fills in and refuses: kubernetes pkg/apis/core/v1/defaults.go (SetDefaults_LimitRangeItem) and
 * plugin/pkg/admission/limitranger. That a quota refuses a container which does not say how much it takes:
 * kubernetes pkg/quota/v1/evaluator/core/pods.go (validationSet).
 */
import { type ContainerResources, queueProxyResources } from '../../../knative/queueProxy.ts';
import { type JsonObject, numberAt, objectAt, valueAt } from '../../../kubernetes/json.ts';
import { formatCpu, formatMemory, type Nanos, parseQuantity } from '../../../kubernetes/quantity.ts';
import { LIMITED, type Limited } from '../../model/namespace.ts';
import type { Contradiction } from '../sanity.ts';
import { show } from '../sentence.ts';

const HARD = ['namespace', 'quota', 'hard'];
const RANGE = ['namespace', 'limitRange'];
/** What a quota counts it demands of each container; of the others it takes none for nothing. */
const DEMANDED: readonly Limited[] = ['cpu', 'memory'];
const ORDER = ['min', 'defaultRequest', 'default', 'max'] as const;

/** @param spec with its parents' values in it */
export function blockedPods(spec: JsonObject): Contradiction[] {
  if (objectAt(spec, 'namespace') === undefined) return [];
  const queueProxy = queueProxyResources(featuresOf(spec));
  return [
    ...LIMITED.flatMap((resource) => disorders(spec, resource)),
    ...LIMITED.flatMap((resource) => refusedByLimits(spec, resource, queueProxy)),
    ...DEMANDED.flatMap((resource) => refusedByQuota(spec, resource, queueProxy)),
    ...withoutRoom(spec, queueProxy),
    ...LIMITED.flatMap((resource) => narrowerThanThePolicy(spec, resource)),
  ];
}

function featuresOf(spec: JsonObject): Readonly<Record<string, string>> {
  const features: Record<string, string> = {};
  for (const [name, value] of Object.entries(objectAt(spec, 'knative', 'features') ?? {})) {
    if (typeof value === 'string' && name !== '__proto__') features[name] = value;
  }
  return features;
}

/** min, defaultRequest, default and max of a resource, as far as they are written, in this order. */
function disorders(spec: JsonObject, resource: Limited): Contradiction[] {
  const found: Contradiction[] = [];
  for (const [index, field] of ORDER.entries()) {
    for (const above of ORDER.slice(index + 1)) {
      const left = [...RANGE, field, resource];
      const right = [...RANGE, above, resource];
      const low = quantityAt(spec, left);
      const high = quantityAt(spec, right);
      if (low === undefined || high === undefined || low <= high) continue;
      found.push(pair(spec, left, right, `above ${right.join('.')} ${show(valueAt(spec, ...right))}`));
    }
  }
  return found;
}

/** A container without a limit gets default, else max; one without a request gets defaultRequest, else its limit's, else min. */
function filled(spec: JsonObject, resource: Limited): { limit: string[] | undefined; request: string[] | undefined } {
  const there = (...fields: string[]): string[] | undefined =>
    fields.map((field) => [...RANGE, field, resource]).find((way) => quantityAt(spec, way) !== undefined);
  return { limit: there('default', 'max'), request: there('defaultRequest', 'default', 'max', 'min') };
}

function refusedByLimits(spec: JsonObject, resource: Limited, queueProxy: ContainerResources): Contradiction[] {
  const { limit, request } = filled(spec, resource);
  const requested = parseQuantity(queueProxy.requests[resource]);
  const limited = parseQuantity(queueProxy.limits[resource]);
  const least = [...RANGE, 'min', resource];
  const most = [...RANGE, 'max', resource];
  const ratio = [...RANGE, 'maxLimitRequestRatio', resource];
  const found: Contradiction[] = [];

  const min = quantityAt(spec, least);
  if (min !== undefined && requested !== undefined && requested < min) {
    found.push(
      alone(
        spec,
        least,
        `above the ${queueProxy.requests[resource]} that queue-proxy requests in every pod of Knative, so that no pod would start`,
      ),
    );
  }
  const asked = requested ?? (request && quantityAt(spec, request));
  const givenLimit = limit && quantityAt(spec, limit);
  const holds = limited ?? givenLimit;
  const max = quantityAt(spec, most);
  if (limited !== undefined && max !== undefined && max < limited) {
    found.push(
      alone(
        spec,
        most,
        `below the limit ${queueProxy.limits[resource]} of queue-proxy in every pod of Knative, so that no pod would start`,
      ),
    );
  }
  if (
    limited === undefined &&
    limit !== undefined &&
    requested !== undefined &&
    givenLimit !== undefined &&
    givenLimit < requested
  ) {
    found.push(
      alone(
        spec,
        limit,
        `which queue-proxy gets as its limit, below the ${queueProxy.requests[resource]} that it requests, so that no pod would start`,
      ),
    );
  }

  const times = parseQuantity(valueAt(spec, ...ratio));
  if (times === undefined) return found;
  if (asked === undefined || holds === undefined) {
    found.push(
      alone(
        spec,
        ratio,
        `and queue-proxy has no ${holds === undefined ? 'limit' : 'request'} for ${resource}, so that no pod would start; give ${RANGE.join('.')}.${holds === undefined ? 'default' : 'defaultRequest'}.${resource}`,
      ),
    );
  } else if (asked > 0n && holds * 1_000_000_000n > times * asked) {
    found.push(
      alone(
        spec,
        ratio,
        `and queue-proxy, with ${format(resource, asked)} requested and ${format(resource, holds)} as its limit, has ${round(holds, asked)}, so that no pod would start`,
      ),
    );
  }
  return found;
}

function refusedByQuota(spec: JsonObject, resource: Limited, queueProxy: ContainerResources): Contradiction[] {
  const { limit, request } = filled(spec, resource);
  const found: Contradiction[] = [];
  for (const name of [resource, `requests.${resource}`]) {
    const way = [...HARD, name];
    if (quantityAt(spec, way) === undefined) continue;
    if (queueProxy.requests[resource] !== undefined || request !== undefined) continue;
    found.push(missing(way, `requests of ${resource}`, `no request for ${resource}`, `defaultRequest.${resource}`));
  }
  const way = [...HARD, `limits.${resource}`];
  if (quantityAt(spec, way) !== undefined && queueProxy.limits[resource] === undefined && limit === undefined) {
    found.push(missing(way, `limits of ${resource}`, `no limit for ${resource}`, `default.${resource}`));
  }
  return found;
}

function missing(way: string[], what: string, lack: string, field: string): Contradiction {
  const message = `${way.join('.')} is a quota of ${what}, and queue-proxy, in every pod of Knative, has ${lack}, so that no pod would start; give it one by ${RANGE.join('.')}.${field}`;
  return { left: way, right: HARD, message };
}

/** One service at the scale that the policy fills in fits, queue-proxy included. */
function withoutRoom(spec: JsonObject, queueProxy: ContainerResources): Contradiction[] {
  const scale = ['autoscaling', 'maxScale', 'default'];
  const pods = numberAt(spec, ...scale);
  if (pods === undefined) return [];
  const found: Contradiction[] = [];

  const most = [...HARD, 'pods'];
  const counted = quantityAt(spec, most);
  if (counted !== undefined && counted < BigInt(pods) * 1_000_000_000n) {
    found.push(pair(spec, most, scale, `below ${scale.join('.')} ${pods}: one service at its full scale does not fit`));
  }
  for (const resource of LIMITED) {
    const { limit, request } = filled(spec, resource);
    const sides = [
      { name: resource, of: 'requests', own: queueProxy.requests, given: request },
      { name: `requests.${resource}`, of: 'requests', own: queueProxy.requests, given: request },
      { name: `limits.${resource}`, of: 'limits', own: queueProxy.limits, given: limit },
    ] as const;
    for (const { name, of, own, given } of sides) {
      const way = [...HARD, name];
      const hard = quantityAt(spec, way);
      const service = quantityAt(spec, ['resources', of, resource, 'default']);
      const proxy = parseQuantity(own[resource]) ?? (given && quantityAt(spec, given));
      if (hard === undefined || service === undefined || proxy === undefined) continue;
      const needed = BigInt(pods) * (service + proxy);
      if (needed <= hard) continue;
      const why = `too little for one service at its full scale: ${pods} pods of ${format(resource, service)} and of ${format(resource, proxy)} for queue-proxy need ${format(resource, needed)}`;
      found.push(pair(spec, way, scale, why));
    }
  }
  return found;
}

/** What the policy lets through at the commit, and the LimitRange would then refuse at the pod, where nobody looks. */
function narrowerThanThePolicy(spec: JsonObject, resource: Limited): Contradiction[] {
  const found: Contradiction[] = [];
  const max = [...RANGE, 'max', resource];
  const allowed = ['resources', 'limits', resource, 'max'];
  const most = quantityAt(spec, max);
  const bound = quantityAt(spec, allowed);
  if (most !== undefined && bound !== undefined && most < bound) {
    found.push(
      pair(
        spec,
        max,
        allowed,
        `below ${allowed.join('.')} ${show(valueAt(spec, ...allowed))}: a service that the policy allows would not start`,
      ),
    );
  }
  const min = [...RANGE, 'min', resource];
  const lowest = ['resources', 'requests', resource, 'min'];
  const least = quantityAt(spec, min);
  const floor = quantityAt(spec, lowest);
  if (least !== undefined && floor !== undefined && least > floor) {
    found.push(
      pair(
        spec,
        min,
        lowest,
        `above ${lowest.join('.')} ${show(valueAt(spec, ...lowest))}: a service that the policy allows would not start`,
      ),
    );
  }
  return found;
}

function quantityAt(spec: JsonObject, way: readonly string[]): Nanos | undefined {
  return parseQuantity(valueAt(spec, ...way));
}

function alone(spec: JsonObject, way: readonly string[], why: string): Contradiction {
  return pair(spec, way, way, why);
}

function pair(spec: JsonObject, left: readonly string[], right: readonly string[], why: string): Contradiction {
  return { left, right, message: `${left.join('.')} is ${show(valueAt(spec, ...left))}, ${why}` };
}

function format(resource: Limited, size: Nanos): string {
  return resource === 'cpu' ? formatCpu(size) : formatMemory(size);
}

function round(holds: Nanos, asked: Nanos): string {
  return String(Math.round((Number(holds) / Number(asked)) * 100) / 100);
}
