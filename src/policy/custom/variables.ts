/** What a custom rule's expression can look at, and how a manifest's values become CEL's. */
import type { CelInput } from '@bufbuild/cel';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { namespace as namespaceKind } from '../../kubernetes/kinds.ts';
import type { RuleContext } from '../engine/rule.ts';
import type { Subject } from '../engine/subject.ts';

/** Variables by name, with what they are. */
export const VARIABLES = {
  object: "the object, with the policy's defaults and Knative's filled in",
  oldObject: 'the object before an update; null where there was none, and always null at the command line',
  environment: 'the name of the environment',
  namespaceObject: "the object's Namespace; null where it is not in sight",
  user: 'who asks, as {name, groups}; null at the command line',
} as const;

export const VARIABLE_NAMES: readonly string[] = Object.keys(VARIABLES);

/** The values of the variables for one judgement. */
export function bindingsFor(subject: Subject, context: RuleContext): Record<keyof typeof VARIABLES, CelInput> {
  const { policy, old, user, inventory } = context;
  return {
    object: celObject(subject.object),
    oldObject: old === undefined ? null : celObject(old),
    environment: policy.name,
    namespaceObject: celOrNull(inventory.find(namespaceKind, '', subject.namespace)),
    user:
      user === undefined
        ? null
        : new Map<string, CelInput>([
            ['name', user.name],
            ['groups', [...user.groups]],
          ]),
  };
}

function celOrNull(object: JsonObject | undefined): CelInput {
  return object === undefined ? null : celObject(object);
}

/** Several rules look at one object; it is turned into CEL's values once. */
const converted = new WeakMap<JsonObject, CelInput>();

function celObject(object: JsonObject): CelInput {
  const known = converted.get(object);
  if (known !== undefined) return known;
  const value = toCel(object);
  converted.set(object, value);
  return value;
}

/**
 * JSON as Kubernetes' CEL sees it: a whole number is an int, any other number a double
 * (k8s.io/apiserver pkg/cel/common/unstructured.go). Mappings become Maps, so that no key has a meaning of its own.
 */
export function toCel(value: JsonValue): CelInput {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (isArray(value)) return value.map(toCel);
  if (!isObject(value)) return value;

  const map = new Map<string, CelInput>();
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item !== undefined) map.set(key, toCel(item));
  }
  return map;
}
