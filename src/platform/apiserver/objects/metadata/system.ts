/** What the server decides in `metadata` (k8s.io/apiserver pkg/registry/rest/meta.go, pkg/storage/names/generate.go). */

import { type JsonObject, numberAt, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { nameSuffix, SUFFIX_LENGTH } from '../../../../kubernetes/names.ts';
import { nameOf } from '../../../../kubernetes/object.ts';
import { timeText } from '../../../../kubernetes/time.ts';
import type { Resource } from '../../resources/resource.ts';
import { badRequest } from '../../status/failure.ts';
import { namespaceOf, ownersOf, uidOf, withMetadata } from './metadata.ts';

const GENERATED_LIMIT = 63 - SUFFIX_LENGTH;

/** What chance brings; passed in, so that tests know it. */
export interface Chance {
  uid(): string;
  /** A number from 0 up to, but not, `end`. */
  below(end: number): number;
}

/** Without what a client may not say on a create. */
export function wiped(object: JsonObject): JsonObject {
  return withMetadata(object, {
    creationTimestamp: undefined,
    uid: undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    selfLink: undefined,
    // the store sets it; upstream refuses one that is set where it writes
  });
}

/** With a uid, the time, and a name where the client asked for one. */
export function filled(object: JsonObject, now: Date, chance: Chance): JsonObject {
  const generateName = stringAt(object, 'metadata', 'generateName') ?? '';
  const isNamed = nameOf(object) !== '' || generateName === '';
  return withMetadata(object, {
    ...(!isNamed && { name: generatedName(generateName, chance) }),
    uid: chance.uid(),
    creationTimestamp: timeText(now),
  });
}

export function generatedName(base: string, chance: Chance): string {
  return base.slice(0, GENERATED_LIMIT) + nameSuffix((end) => chance.below(end));
}

/** True where the server has yet to choose the name. */
export function isNameless(object: JsonObject): boolean {
  return nameOf(object) === '' && (stringAt(object, 'metadata', 'generateName') ?? '') !== '';
}

/** @throws Failure 400 where the object says another namespace than the request */
export function inNamespace(object: JsonObject, resource: Resource, namespace: string): JsonObject {
  const wanted = resource.isNamespaced ? namespace : '';
  const own = namespaceOf(object);
  if (own === wanted) return object.metadata === undefined ? withMetadata(object, {}) : object;
  if (own === '') return withMetadata(object, { namespace: wanted });
  if (wanted === '') return withMetadata(object, { namespace: undefined });
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** @throws Failure 400 where the object says another name than the request, or none */
export function checkName(object: JsonObject, name: string): void {
  const own = nameOf(object);
  if (own === '') {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (own !== name) {
    throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
  }
}

/** What an update takes over from the object before it, whatever the client says. */
export function carriedOver(object: JsonObject, old: JsonObject): JsonObject {
  const before = objectAt(old, 'metadata') ?? {};
  const grace = numberAt(object, 'metadata', 'deletionGracePeriodSeconds') ?? before.deletionGracePeriodSeconds;
  return withMetadata(object, {
    uid: uidOf(object) === '' ? before.uid : uidOf(object),
    creationTimestamp: before.creationTimestamp,
    deletionTimestamp: before.deletionTimestamp ?? objectAt(object, 'metadata')?.deletionTimestamp,
    deletionGracePeriodSeconds: grace,
    selfLink: undefined,
  });
}

/** Without owner references that stand twice; tells the client. */
export function withoutDoubleOwners(
  object: JsonObject,
  when: 'after mutating admission' | 'as sent',
  warn: (sentence: string) => void,
): JsonObject {
  const owners = ownersOf(object);
  if (owners.length < 2) return object;

  const kept = new Map<string, JsonObject>();
  const doubles: string[] = [];
  for (const owner of owners) {
    // not each with each other: there may be tens of thousands, all of one uid
    const text = sortedText(owner);
    if (kept.has(text)) doubles.push(stringAt(owner, 'uid') ?? '');
    else kept.set(text, owner);
  }
  if (doubles.length === 0) return object;

  const after = when === 'as sent' ? '' : ' after mutating admission happens';
  warn(
    `.metadata.ownerReferences contains duplicate entries${after}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${doubles.join(', ')}`,
  );
  return withMetadata(object, { ownerReferences: [...kept.values()] });
}

/** The same for references that differ in nothing but the order of their members. */
function sortedText(owner: JsonObject): string {
  return JSON.stringify(Object.entries(owner).sort(([left], [right]) => (left < right ? -1 : 1)));
}
