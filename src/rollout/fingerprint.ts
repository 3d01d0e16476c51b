/**
 * Whether two Revisions of a Service run the same: when Git goes back, the new Revision has stable's spec, and nothing
 * has to be found out about it step by step.
 */
import { createHash } from 'node:crypto';
import { MAX_SCALE, MIN_SCALE, TARGET } from '../knative/autoscaling/annotations.ts';
import { isObject, type JsonObject, type JsonValue, objectAt, setOwn } from '../kubernetes/json.ts';

/** What Knative and its command line write on a Revision themselves (knative/serving pkg/apis/serving/register.go). */
export function isKnatives(key: string): boolean {
  return key.startsWith('serving.knative.dev/') || key.startsWith('client.knative.dev/');
}

/** What claims hold (controllers/minScale). */
const HELD = [...MIN_SCALE, ...MAX_SCALE, ...TARGET];

/**
 * @param authored the author's min-scale, max-scale and target, where claims hold others (controllers/minScale); undefined
 * where what stands there is the author's
 */
export function fingerprintOf(revision: JsonObject, authored: Readonly<Record<string, string>> | undefined): string {
  const annotations = own(objectAt(revision, 'metadata', 'annotations'));
  if (authored !== undefined) {
    for (const key of HELD) delete annotations[key];
    Object.assign(annotations, authored);
  }
  const labels = own(objectAt(revision, 'metadata', 'labels'));
  const spec = objectAt(revision, 'spec') ?? {};
  return createHash('sha256').update(canonical({ annotations, labels, spec })).digest().toString('hex', 0, 8);
}

/** Without what Knative has written about this one Revision. */
function own(map: JsonObject | undefined): Record<string, JsonValue> {
  const kept: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(map ?? {})) {
    if (value !== undefined && !isKnatives(key)) kept.push([key, value]);
  }
  return Object.fromEntries(kept);
}

/** JSON with sorted keys. Ten thousand Revisions come by here whenever all are scaled: sorted first, then written at once. */
function canonical(value: JsonValue): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const to: Record<string, JsonValue> = {};
  for (const key of Object.keys(value).sort()) {
    const each = value[key];
    if (each !== undefined) setOwn(to, key, sorted(each));
  }
  return to;
}
