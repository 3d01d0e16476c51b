/**
 * Which names a definition gets: k8s.io/apiextensions-apiserver pkg/controller/status/naming_controller.go.
 *
 * Within a group a plural, a singular and short names are one space, kinds and list kinds another one. Who asked first
 * keeps a name.
 */
import { equals, isObject, type JsonObject, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { timeText } from '../../../../kubernetes/time.ts';
import { copyOf, type Draft, draftsAt, ensure } from '../draft.ts';
import { conditionOf, type Names, namesOf } from './definition.ts';

interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/**
 * The definition with its accepted names and the conditions NamesAccepted and Established, or undefined where nothing
 * changes.
 *
 * @param others the group's other definitions
 */
export function withNames(definition: JsonObject, others: readonly JsonObject[], now: Date): JsonObject | undefined {
  const { accepted, condition } = acceptedNames(definition, others);
  const draft = copyOf(definition);
  const status = ensure(draft, 'status');
  status.acceptedNames = asJson(accepted);
  setCondition(draft, condition, now);
  setCondition(draft, established(definition, condition), now);
  return equals(draft, definition) ? undefined : draft;
}

function acceptedNames(
  definition: JsonObject,
  others: readonly JsonObject[],
): { accepted: Names; condition: Condition } {
  const wanted = namesOf(objectAt(definition, 'spec', 'names'));
  const before = namesOf(objectAt(definition, 'status', 'acceptedNames'));
  const taken = others.map((other) => namesOf(objectAt(other, 'status', 'acceptedNames')));
  const resources = new Set(taken.flatMap(({ plural, singular, shortNames }) => [plural, singular, ...shortNames]));
  const kinds = new Set(taken.flatMap(({ kind, listKind }) => [kind, listKind]));

  let conflict: Condition | undefined;
  const isFree = (name: string, own: string, used: ReadonlySet<string>, reason: string): boolean => {
    if (name === own || !used.has(name)) return true;
    conflict = refused(reason, [name]);
    return false;
  };
  const plural = isFree(wanted.plural, before.plural, resources, 'PluralConflict') ? wanted.plural : before.plural;
  const singular = isFree(wanted.singular, before.singular, resources, 'SingularConflict')
    ? wanted.singular
    : before.singular;
  const inUse = wanted.shortNames.filter((name) => !before.shortNames.includes(name) && resources.has(name));
  if (inUse.length > 0) conflict = refused('ShortNamesConflict', inUse);
  const shortNames = inUse.length > 0 ? before.shortNames : wanted.shortNames;
  const kind = isFree(wanted.kind, before.kind, kinds, 'KindConflict') ? wanted.kind : before.kind;
  const listKind = isFree(wanted.listKind, before.listKind, kinds, 'ListKindConflict')
    ? wanted.listKind
    : before.listKind;

  return {
    accepted: { plural, singular, shortNames, kind, listKind, categories: wanted.categories },
    condition: conflict ?? {
      type: 'NamesAccepted',
      status: 'True',
      reason: 'NoConflicts',
      message: 'no conflicts found',
    },
  };
}

function refused(reason: string, names: readonly string[]): Condition {
  const sentences = names.map((name) => `${JSON.stringify(name)} is already in use`);
  const message = sentences.length === 1 ? (sentences[0] ?? '') : `[${sentences.join(', ')}]`;
  return { type: 'NamesAccepted', status: 'False', reason, message };
}

/** Once established, a definition stays it. */
function established(definition: JsonObject, names: Condition): Condition {
  const before = conditionOf(definition, 'Established');
  const type = 'Established';
  if (stringAt(before, 'status') === 'True' || names.status === 'True') {
    const reason = stringAt(before, 'status') === 'True' ? stringAt(before, 'reason') : undefined;
    const message = 'the initial names have been accepted';
    return { type, status: 'True', reason: reason ?? 'InitialNamesAccepted', message };
  }
  return { type, status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
}

/** Sets a condition of a definition; the time of its transition moves with its status alone. */
export function setCondition(definition: Draft, condition: Condition, now: Date): void {
  const status = ensure(definition, 'status');
  const conditions = draftsAt(status, 'conditions');
  const made: Draft = {
    lastTransitionTime: timeText(now),
    message: condition.message,
    reason: condition.reason,
    status: condition.status,
    type: condition.type,
  };
  const before = conditions.find((one) => one.type === condition.type);
  if (before === undefined) {
    status.conditions = [...conditions, made];
    return;
  }
  if (before.status === condition.status) delete made.lastTransitionTime;
  Object.assign(before, made);
}

function asJson(names: Names): Draft {
  const { plural, singular, shortNames, kind, listKind, categories } = names;
  return {
    ...(categories.length > 0 && { categories: [...categories] }),
    kind,
    ...(listKind !== '' && { listKind }),
    plural,
    ...(shortNames.length > 0 && { shortNames: [...shortNames] }),
    ...(singular !== '' && { singular }),
  };
}

/** The definitions of one group, without one of them. */
export function othersOf(definition: JsonObject, all: readonly JsonObject[]): JsonObject[] {
  const group = stringAt(definition, 'spec', 'group');
  const name = stringAt(definition, 'metadata', 'name');
  return all.filter(
    (other) =>
      isObject(other) && stringAt(other, 'spec', 'group') === group && stringAt(other, 'metadata', 'name') !== name,
  );
}
