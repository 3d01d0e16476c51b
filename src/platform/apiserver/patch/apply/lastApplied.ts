/**
 * From `kubectl apply` to `kubectl apply --server-side`: the annotation that the first leaves behind
 * (k8s.io/apimachinery pkg/util/managedfields/internal/lastappliedmanager.go, lastappliedupdater.go).
 */
import { isArray, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { compareText } from '../fields/order.ts';
import type { FieldSet } from '../fields/set.ts';
import { compare } from '../types/compare.ts';
import { fieldsOf } from '../types/fieldSet.ts';
import { firstViolation } from '../types/validate.ts';
import type { Versions } from './updater.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Bytes of all annotations together. */
const MOST_ANNOTATIONS = 256 * 1024;

/**
 * The fields that the annotation accounts for: set there, and still so. Conflicts about these are none.
 *
 * @returns undefined where there is no annotation, or it is of another version or type
 */
export function fieldsOfLastApplied({ apiVersion, type }: Versions, live: JsonObject): FieldSet | undefined {
  const last = parsed(stringAt(live, 'metadata', 'annotations', LAST_APPLIED) ?? '');
  if (last?.apiVersion !== apiVersion || firstViolation(type, last, false) !== undefined) return undefined;
  try {
    const { modified, added, removed } = compare(type, last, live);
    return fieldsOf(type, last).difference(modified).difference(added).difference(removed);
  } catch {
    return undefined;
  }
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The object with its annotation, if it has one, brought to what is applied now. */
export function withLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  const metadata = objectAt(object, 'metadata');
  const annotations = objectAt(metadata, 'annotations');
  if (typeof annotations?.[LAST_APPLIED] !== 'string' || annotations[LAST_APPLIED] === '') return object;

  const { [LAST_APPLIED]: _, ...others } = annotations;
  const next = { ...others, [LAST_APPLIED]: `${goJson(withoutAnnotation(config))}\n` };
  const kept = bytesOf(next) > MOST_ANNOTATIONS ? others : next;
  return { ...object, metadata: { ...metadata, annotations: kept } };
}

function withoutAnnotation(config: JsonObject): JsonObject {
  const metadata = objectAt(config, 'metadata');
  const annotations = objectAt(metadata, 'annotations');
  if (annotations === undefined) return config;
  const { [LAST_APPLIED]: _, ...others } = annotations;
  return { ...config, metadata: { ...metadata, annotations: others } };
}

function bytesOf(annotations: JsonObject): number {
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations))
    bytes += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  return bytes;
}

/** JSON as Go writes maps: keys sorted, `<`, `>` and `&` escaped. */
function goJson(value: JsonValue): string {
  const sorted = JSON.stringify(value, (_, inner: JsonValue) =>
    isObject(inner) && !isArray(inner) ? byKey(inner) : inner,
  );
  return sorted.replace(/[<>&\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function byKey(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(([left], [right]) => compareText(left, right)));
}
