/** `POST /mutate`: the policy's defaults as a JSON Patch. Pure: request, policy and context in, operations out. */
import { arrayAt, equals, type JsonObject, type JsonValue, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import type { PatchOperation } from '../../src/kubernetes/jsonPatch.ts';
import { groupOf } from '../../src/kubernetes/kinds.ts';
import { podTemplateOf } from '../../src/kubernetes/podTemplate.ts';
import { resolve } from '../../src/kubernetes/pointer.ts';
import { applyDefaults } from '../../src/policy/engine/default.ts';
import { type Edit, toJsonPatch } from '../../src/policy/engine/edit.ts';
import type { Catalogue } from '../../src/policy/engine/judge.ts';
import type { RuleContext } from '../../src/policy/engine/rule.ts';
import { DEFAULTS_PATH, printRemembered, type Remembered, readRemembered, withoutRemembered } from './remembered.ts';
import type { AdmissionRequest } from './request.ts';

/** Only absent fields, and values that Weir itself wrote earlier: what the author says stands. Safe under reinvocation. */
export function mutate(request: AdmissionRequest, context: RuleContext, catalogue: Catalogue): PatchOperation[] {
  const { operation, object, oldObject } = request;
  if (operation === 'DELETE' || object === undefined || isKnativesOwn(object)) return [];
  if (operation === 'CREATE' || oldObject === undefined) return fillIn(object, NOTHING, context, catalogue);

  const remembered = readRemembered(oldObject);
  return hasSameTemplate(oldObject, object, remembered, context, catalogue)
    ? putBack(object, remembered)
    : fillIn(object, remembered, context, catalogue);
}

const NOTHING: Remembered = new Map();

/** Today's policy on what the author wrote. A remembered value that still stands is Weir's to replace. */
function fillIn(
  object: JsonObject,
  remembered: Remembered,
  context: RuleContext,
  catalogue: Catalogue,
): PatchOperation[] {
  const written = withoutRemembered(object, remembered);
  const { defaults } = applyDefaults(written, context, catalogue.defaulters);
  const filled = new Map([
    ...stillStanding(object, remembered),
    ...defaults.map(({ path, value }) => [path, value] as const),
  ]);
  return toJsonPatch(object, [...settings(object, filled), ...remembering(object, filled)]);
}

/** The author changed nothing that makes a Revision: the template gets back what it had, whatever the policy says today. */
function putBack(object: JsonObject, remembered: Remembered): PatchOperation[] {
  const absent = new Map([...remembered].filter(([path]) => (resolve(object, path) ?? null) === null));
  return toJsonPatch(object, [...settings(object, absent), ...remembering(object, remembered)]);
}

function stillStanding(object: JsonObject, remembered: Remembered): Remembered {
  return new Map([...remembered].filter(([path, value]) => equals(resolve(object, path), value)));
}

function settings(object: JsonObject, values: Remembered): Edit[] {
  return [...values]
    .filter(([path, value]) => !equals(resolve(object, path), value))
    .map(([path, value]) => ({ set: path, value }));
}

/** Writes the annotation where it does not say so already; one that came from elsewhere goes. */
function remembering(object: JsonObject, values: Remembered): Edit[] {
  const before = resolve(object, DEFAULTS_PATH);
  if (values.size === 0) return before === undefined ? [] : [{ remove: DEFAULTS_PATH }];
  const text = printRemembered(values);
  return before === text ? [] : [{ set: DEFAULTS_PATH, value: text }];
}

/**
 * True where both templates are the same but for what Weir and Knative filled in: a client that sends its own manifest
 * again leaves both out, since `containers` is an atomic list.
 */
function hasSameTemplate(
  old: JsonObject,
  now: JsonObject,
  remembered: Remembered,
  { policy }: RuleContext,
  catalogue: Catalogue,
): boolean {
  const template = (object: JsonObject): JsonValue | undefined => {
    const written = catalogue.knativeDefaults(withoutRemembered(object, remembered), policy);
    const found = podTemplateOf(written);
    return found === undefined ? undefined : resolve(written, found.path);
  };
  const before = template(old);
  return before !== undefined && equals(before, template(now));
}

/** A Configuration or Route that a Knative Service made is Knative's to write, and follows the Service. */
export function isKnativesOwn(object: JsonObject): boolean {
  return arrayAt(object, 'metadata', 'ownerReferences').some((owner) => {
    const isController = objectAt(owner)?.controller === true;
    return isController && groupOf(stringAt(owner, 'apiVersion') ?? '').endsWith('.knative.dev');
  });
}
