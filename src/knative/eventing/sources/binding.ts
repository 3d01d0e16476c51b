/** What a SinkBinding does to its subjects (knative/eventing pkg/apis/sources/v1/sinkbinding_lifecycle.go, Do and Undo). */
import {
  arrayAt,
  equals,
  isObject,
  type JsonArray,
  type JsonObject,
  objectAt,
  stringAt,
} from '../../../kubernetes/json.ts';
import { groupOf } from '../../../kubernetes/kinds.ts';
import { labelsFrom, selects } from '../../../kubernetes/labelSelector.ts';
import { labelsOf, nameOf, referenceTo } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';

/** What is put into each container. */
export interface BoundEnvironment {
  readonly sink: string;
  /** PEM; empty for none. */
  readonly caCerts: string;
  /** JSON; empty for none. */
  readonly overrides: string;
}

export type EnvironmentPatch =
  | { readonly op: 'add'; readonly path: string; readonly value: JsonArray }
  | { readonly op: 'remove'; readonly path: string };

const SINK = 'K_SINK';
const CERTIFICATES = 'K_CA_CERTS';
const OVERRIDES = 'K_CE_OVERRIDES';
const LISTS = ['initContainers', 'containers'] as const;

/**
 * What is to be changed in an object with a Pod template so that its containers have this environment, behind what they
 * have of their own; without one, so that they have none.
 */
export function bindingPatch(subject: JsonObject, wanted: BoundEnvironment | undefined): EnvironmentPatch[] {
  const patch: EnvironmentPatch[] = [];
  const added = wanted === undefined ? [] : variablesOf(wanted);
  for (const list of LISTS) {
    for (const [index, container] of arrayAt(subject, 'spec', 'template', 'spec', list).entries()) {
      if (!isObject(container)) continue;
      const before = arrayAt(container, 'env');
      const after = [...before.filter((variable) => !isOurs(stringAt(variable, 'name'))), ...added];
      if (equals(before, after)) continue;
      const path = pointer('spec', 'template', 'spec', list, index, 'env');
      patch.push(after.length === 0 ? { op: 'remove', path } : { op: 'add', path, value: after });
    }
  }
  return patch;
}

function isOurs(name: string | undefined): boolean {
  return name === SINK || name === CERTIFICATES || name === OVERRIDES;
}

function variablesOf({ sink, caCerts, overrides }: BoundEnvironment): JsonObject[] {
  return [
    { name: SINK, value: sink },
    ...(caCerts === '' ? [] : [{ name: CERTIFICATES, value: caCerts }]),
    // as the API server keeps an empty value
    overrides === '' ? { name: OVERRIDES } : { name: OVERRIDES, value: overrides },
  ];
}

export interface Subject {
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  /** Empty where a selector says which ones. */
  readonly name: string;
  readonly selector: JsonObject | undefined;
}

/** In the namespace of the binding, as Knative's webhook demands it. */
export function subjectOf(binding: JsonObject): Subject {
  const subject = objectAt(binding, 'spec', 'subject');
  const apiVersion = stringAt(subject, 'apiVersion') ?? '';
  return {
    apiVersion,
    group: groupOf(apiVersion),
    kind: stringAt(subject, 'kind') ?? '',
    namespace: referenceTo(binding).namespace,
    name: stringAt(subject, 'name') ?? '',
    selector: objectAt(subject, 'selector'),
  };
}

/** Of an object of the subject's kind. */
export function isSubject({ namespace, name, selector }: Subject, object: JsonObject): boolean {
  if (referenceTo(object).namespace !== namespace) return false;
  if (name !== '') return nameOf(object) === name;
  return selector !== undefined && selects(selector, labelsFrom(labelsOf(object))) === 'yes';
}
