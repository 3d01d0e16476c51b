/** What every Kubernetes object has: who it is, its labels and its annotations, read safely from any shape. */
import { asString, type JsonObject, type JsonValue, objectAt, stringAt, textsAt } from './json.ts';

/** Names one object; `namespace` is empty where the manifest leaves it out or the kind has none. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function referenceTo(object: JsonObject): ObjectReference {
  const name = stringAt(object, 'metadata', 'name') ?? stringAt(object, 'metadata', 'generateName') ?? '';
  return {
    apiVersion: asString(object.apiVersion) ?? '',
    kind: asString(object.kind) ?? '',
    namespace: stringAt(object, 'metadata', 'namespace') ?? '',
    name,
  };
}

/** `Service shop-prod/checkout`, as people call an object in a list. */
export function describe({ kind, namespace, name }: ObjectReference): string {
  if (name === '') return `${withName(kind, '')}${namespace === '' ? '' : ` in ${namespace}`}`;
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

/** `Service checkout`, as a sentence calls an object of the namespace that it speaks of. */
export function titleOf({ kind, name }: Pick<ObjectReference, 'kind' | 'name'>): string {
  return withName(kind, name);
}

/** `checkout`, where the sentence says already what it is. */
export function shortTitleOf({ kind, name }: Pick<ObjectReference, 'kind' | 'name'>): string {
  return name === '' ? withName(kind, '') : name;
}

/** `exception black-friday`, and `an exception without a name` where nobody gave it one. */
export function withName(noun: string, name: string): string {
  if (name !== '') return `${noun} ${name}`;
  return `${/^[AEIOU]/i.test(noun) ? 'an' : 'a'} ${noun} without a name`;
}

/** Empty where the object has no name yet. */
export function nameOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}

/** Empty where the object was never stored. */
export function uidOf(object: JsonObject | undefined): string {
  return stringAt(object, 'metadata', 'uid') ?? '';
}

export function labelsOf(object: JsonObject): JsonObject {
  return objectAt(object, 'metadata', 'labels') ?? {};
}

/** True from the DELETE on until the object's last finalizer has gone. */
export function isBeingDeleted(object: JsonObject): boolean {
  return stringAt(object, 'metadata', 'deletionTimestamp') !== undefined;
}

export function finalizersOf(object: JsonObject | undefined): string[] {
  return textsAt(object, 'metadata', 'finalizers');
}

export function annotationsOf(object: JsonObject): JsonObject {
  return objectAt(object, 'metadata', 'annotations') ?? {};
}

/** True where every wanted label stands among the labels with the wanted value. */
export function hasLabels(labels: JsonObject, wanted: JsonObject): boolean {
  return Object.entries(wanted).every(([key, value]: [string, JsonValue | undefined]) => labels[key] === value);
}
