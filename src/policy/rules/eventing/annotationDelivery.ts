import { toIsoDuration } from '../../../knative/eventing/isoDuration.ts';
import { parsePeriod } from '../../../knative/period.ts';
import type { JsonObject, JsonValue } from '../../../kubernetes/json.ts';
import { broker, channel, subscription, trigger } from '../../../kubernetes/kinds.ts';
import { annotationsOf } from '../../../kubernetes/object.ts';
import { parent, pointer, resolve } from '../../../kubernetes/pointer.ts';
import { defineRule, type RuleContext, type Violation } from '../../engine/rule.ts';
import { boundsOf } from './periods.ts';

/** Knative reads delivery from the spec; no annotation of that name exists (knative/eventing pkg/apis/eventing). */
export const annotationDelivery = defineRule({
  id: 'eventing/annotation-delivery',
  title: 'delivery is set in the spec, not by annotations',
  why: 'An annotation that Knative does not know is kept and ignored: the timeout or retry that it promises does not exist.',
  howToFix: 'Move the value to `spec.delivery`; durations there are ISO 8601, such as PT30S.',
  kinds: [trigger, broker, subscription, channel],
  action: 'deny',
  examples: {
    bad: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: payment, annotations: {eventing.knative.dev/delivery.timeout: 30s}}
spec:
  broker: orders
  filter: {attributes: {type: order.created.v1}}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: payment}}
`,
    good: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: payment}
spec:
  broker: orders
  filter: {attributes: {type: order.created.v1}}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: payment}}
  delivery: {timeout: PT30S}
`,
  },

  judge(subject, context) {
    const violations: Violation[] = [];
    for (const [key, value] of Object.entries(annotationsOf(subject.object))) {
      const field = fieldOf(key);
      if (field === undefined || typeof value !== 'string') continue;
      violations.push(judgeAnnotation(subject.object, key, field, value, context));
    }
    return violations;
  },
});

type Field = 'retry' | 'timeout' | 'backoffPolicy' | 'backoffDelay' | 'deadLetterSink';

const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['retry', 'retry'],
  ['retries', 'retry'],
  ['timeout', 'timeout'],
  ['backoffpolicy', 'backoffPolicy'],
  ['backoffdelay', 'backoffDelay'],
  ['deadlettersink', 'deadLetterSink'],
]);
const PREFIX = 'eventing.knative.dev/';

/** `eventing.knative.dev/delivery.timeout`, `…/delivery-backoff-delay`, `…/deadLetterSink`. */
function fieldOf(key: string): Field | undefined {
  if (!key.startsWith(PREFIX)) return undefined;
  const name = key
    .slice(PREFIX.length)
    .toLowerCase()
    .replaceAll(/[.\-_]/g, '');
  return FIELDS.get(name.startsWith('delivery') ? name.slice('delivery'.length) : name);
}

function judgeAnnotation(
  object: JsonObject,
  key: string,
  field: Field,
  value: string,
  context: RuleContext,
): Violation {
  const path = pointer('metadata', 'annotations', key);
  const target = `/spec/delivery/${field}`;
  const what = `annotation ${key} means nothing to Knative`;
  if (resolve(object, target) !== undefined) {
    const message = `${what}, and spec.delivery.${field} is set already; remove it`;
    return { path, message, fix: [{ remove: leftOver(object, path) }] };
  }

  const moved = movedValue(field, value, context);
  if (moved === undefined) return { path, message: `${what}; set spec.delivery.${field} instead` };
  const message = `${what}; set spec.delivery.${field} to ${moved.value}${moved.because}`;
  return { path, message, fix: [{ set: target, value: moved.value }, { remove: leftOver(object, path) }] };
}

/** The annotation, or all of the annotations where it is the only one. */
function leftOver(object: JsonObject, path: string): string {
  return Object.keys(annotationsOf(object)).length === 1 ? parent(path) : path;
}

interface Moved {
  readonly value: string | number;
  readonly because: string;
}

/** The annotation's value as the spec wants it, within the environment's bounds. */
function movedValue(field: Field, text: string, { policy }: RuleContext): Moved | undefined {
  const wanted = policy.eventing?.delivery;
  if (field === 'retry') {
    if (!/^[0-9]{1,4}$/.test(text)) return undefined;
    const { min = 0, max = Number.POSITIVE_INFINITY } = wanted?.retry ?? {};
    return moved(Math.min(Math.max(Number(text), min), max), text, policy.name);
  }
  if (field === 'backoffPolicy') {
    const policies: readonly JsonValue[] = wanted?.backoffPolicy?.allowed ?? ['linear', 'exponential'];
    return policies.includes(text) ? { value: text, because: '' } : undefined;
  }
  if (field === 'deadLetterSink') return undefined;

  const iso = toIsoDuration(text);
  const period = iso === undefined ? undefined : parsePeriod(iso);
  if (iso === undefined || period?.ok !== true || period.isZero || period.isNegative) return undefined;
  const { min, max } = boundsOf(wanted?.[field]) ?? {};
  if (min !== undefined && period.nanoseconds < min.nanoseconds) return moved(min.text, iso, policy.name);
  if (max !== undefined && period.nanoseconds > max.nanoseconds) return moved(max.text, iso, policy.name);
  return { value: iso, because: '' };
}

function moved(value: string | number, asked: string, environment: string): Moved {
  return { value, because: String(value) === asked ? '' : `, since ${asked} is out of bounds in ${environment}` };
}
