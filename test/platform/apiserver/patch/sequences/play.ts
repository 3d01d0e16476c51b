/** What our functions make of a step, beside what an API server answers. */
import { isArray, isObject, type JsonObject, type JsonValue, objectAt } from '../../../../../src/kubernetes/json.ts';
import { apply } from '../../../../../src/platform/apiserver/patch/apply/apply.ts';
import { keepTimes } from '../../../../../src/platform/apiserver/patch/apply/keepTimes.ts';
import { trackUpdate } from '../../../../../src/platform/apiserver/patch/apply/trackUpdate.ts';
import { jsonPatch } from '../../../../../src/platform/apiserver/patch/jsonPatch.ts';
import { mergePatch } from '../../../../../src/platform/apiserver/patch/mergePatch.ts';
import { strategicMergePatch } from '../../../../../src/platform/apiserver/patch/strategicMergePatch.ts';
import { Failure } from '../../../../../src/platform/apiserver/status/failure.ts';
import type { Step } from './generate.ts';
import { KINDS, type Kind } from './kinds.ts';
import { decoded, prepared } from './stored.ts';

export interface Outcome {
  /** The object with managedFields and without what only a server knows, or the Status. */
  readonly object: JsonValue;
  readonly isFailure: boolean;
}

/**
 * @param answer the server's, from which defaults and what a strategy fills in are taken
 * @param now the time of the request
 */
export function play(kind: Kind, live: JsonObject | undefined, step: Step, answer: JsonObject, now: Date): Outcome {
  const resource = KINDS[kind];
  const { manager, force, subresource, type } = step;
  try {
    const made =
      type === 'apply'
        ? decoded(apply({ live, config: configOf(step), manager, force, resource, subresource, now }), kind, answer)
        : trackUpdate({
            old: live,
            next: decoded(patched(kind, live, step), kind, answer),
            manager,
            subresource,
            resource,
            now,
          });
    return seen(live, prepared(made, kind, subresource, live, answer), resource.isCustom);
  } catch (error) {
    if (error instanceof Failure) return { object: error.toStatus(), isFailure: true };
    throw error;
  }
}

function configOf({ body }: Step): JsonObject {
  return isObject(body) ? body : {};
}

function patched(kind: Kind, live: JsonObject | undefined, { type, body }: Step): JsonValue {
  switch (type) {
    case 'json':
      return jsonPatch(live ?? {}, body);
    case 'merge':
      return mergePatch(live ?? {}, body);
    case 'strategic':
      return strategicMergePatch(live ?? {}, body, KINDS[kind].schema);
    default:
      return body;
  }
}

function seen(live: JsonObject | undefined, next: JsonObject, isCustom: boolean): Outcome {
  const kept = live === undefined ? next : keepTimes(live, next, isCustom);
  return { object: comparable(kept), isFailure: false };
}

/** Without what the server alone decides. */
export function comparable(object: JsonObject): JsonValue {
  const metadata = objectAt(object, 'metadata');
  if (metadata === undefined) return object;
  const { resourceVersion: _, uid: __, creationTimestamp: ___, generation: ____, namespace: _____, ...rest } = metadata;
  const managedFields = rest.managedFields;
  if (!isArray(managedFields)) return { ...object, metadata: rest };
  return { ...object, metadata: { ...rest, managedFields: managedFields.map(ordered) } };
}

function ordered(entry: JsonValue): JsonValue {
  return isObject(entry) ? Object.fromEntries(Object.entries(entry).sort()) : entry;
}
