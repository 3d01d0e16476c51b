/** Actions as they are written in YAML. */
import { isArray, isObject, type JsonValue, objectAt } from '../../kubernetes/json.ts';
import type { PolicyDocument } from './document.ts';

/**
 * The document with its actions as they are meant: YAML as Kubernetes reads it makes `false` of a plain `off`, which is
 * the action that everybody writes.
 */
export function withActions(document: PolicyDocument): PolicyDocument {
  const { value } = document;
  const spec = objectAt(value, 'spec');
  if (spec === undefined) return document;

  const rules = objectAt(spec, 'rules');
  const { custom } = spec;
  const changed: Record<string, JsonValue | undefined> = { ...spec };
  if (rules !== undefined) {
    changed.rules = Object.fromEntries(Object.entries(rules).map(([id, action]) => [id, actionMeant(action)]));
  }
  if (isArray(custom)) {
    changed.custom = custom.map((rule: JsonValue) =>
      isObject(rule) && rule.action !== undefined ? { ...rule, action: actionMeant(rule.action) ?? null } : rule,
    );
  }
  return { ...document, value: { ...value, spec: changed } };
}

function actionMeant(action: JsonValue | undefined): JsonValue | undefined {
  return action === false ? 'off' : action;
}
