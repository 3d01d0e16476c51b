/** What a custom rule's expression can look at. */
import { DYN, type ObjectType, STRING, type Type, typeOf } from '../../cel/check/types.ts';
import { fromJson } from '../../cel/values/json.ts';
import type { CelValue } from '../../cel/values/value.ts';
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

type VariableName = keyof typeof VARIABLES;

const USER_FIELDS: ReadonlyMap<string, Type> = new Map([
  ['name', STRING],
  ['groups', typeOf('list<string>')],
]);

const USER: ObjectType = {
  kind: 'object',
  name: 'user',
  fields: [...USER_FIELDS.keys()],
  field: (name) => USER_FIELDS.get(name),
};

/** Of objects nothing is known before they come. */
export const VARIABLE_TYPES: Readonly<Record<VariableName, Type>> = {
  object: DYN,
  oldObject: DYN,
  environment: STRING,
  namespaceObject: DYN,
  user: USER,
};

/** The values of the variables for one judgement, none of which is copied: an expression looks where it looks. */
export function bindingsFor(
  subject: Subject,
  { policy, old, user, inventory }: RuleContext,
): Record<VariableName, CelValue | (() => CelValue)> {
  return {
    object: () => fromJson(subject.object),
    oldObject: () => fromJson(old ?? null),
    environment: policy.name,
    namespaceObject: () => fromJson(inventory.find(namespaceKind, '', subject.namespace) ?? null),
    user: () => (user === undefined ? null : fromJson({ name: user.name, groups: [...user.groups] })),
  };
}
