/** Reading a CustomResourceDefinition of the store: k8s.io/apiextensions-apiserver pkg/apis/apiextensions/v1/types.go. */
import {
  arrayAt,
  booleanAt,
  isObject,
  type JsonObject,
  numberAt,
  objectAt,
  stringAt,
  textsAt,
} from '../../../../kubernetes/json.ts';
import type { Column, ScalePaths } from '../resource.ts';

export const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** Names as a definition asks for them, or as they were accepted. */
export interface Names {
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly kind: string;
  readonly listKind: string;
  readonly categories: readonly string[];
}

export function namesOf(names: JsonObject | undefined): Names {
  return {
    plural: stringAt(names, 'plural') ?? '',
    singular: stringAt(names, 'singular') ?? '',
    shortNames: textsAt(names, 'shortNames'),
    kind: stringAt(names, 'kind') ?? '',
    listKind: stringAt(names, 'listKind') ?? '',
    categories: textsAt(names, 'categories'),
  };
}

/** One entry of spec.versions. */
export interface Version {
  readonly name: string;
  readonly isServed: boolean;
  readonly isStored: boolean;
  readonly schema: JsonObject | undefined;
  readonly hasStatus: boolean;
  readonly scale: ScalePaths | undefined;
  readonly columns: readonly Column[];
  /** Without the leading dot: `spec.color`. */
  readonly selectableFields: readonly string[];
  /** The sentence for the `Warning` header of requests to a deprecated version. */
  readonly deprecation: string | undefined;
}

export function versionsOf(definition: JsonObject): Version[] {
  const group = stringAt(definition, 'spec', 'group') ?? '';
  const kind = stringAt(definition, 'spec', 'names', 'kind') ?? '';
  return arrayAt(definition, 'spec', 'versions')
    .filter(isObject)
    .map((version) => versionOf(version, group, kind));
}

function versionOf(version: JsonObject, group: string, kind: string): Version {
  const name = stringAt(version, 'name') ?? '';
  return {
    name,
    isServed: booleanAt(version, 'served') === true,
    isStored: booleanAt(version, 'storage') === true,
    schema: objectAt(version, 'schema', 'openAPIV3Schema'),
    hasStatus: objectAt(version, 'subresources', 'status') !== undefined,
    scale: scaleOf(objectAt(version, 'subresources', 'scale')),
    columns: arrayAt(version, 'additionalPrinterColumns').filter(isObject).map(columnOf),
    selectableFields: arrayAt(version, 'selectableFields').flatMap((field) => {
      const path = stringAt(field, 'jsonPath');
      return path === undefined ? [] : [path.replace(/^\./, '')];
    }),
    deprecation:
      booleanAt(version, 'deprecated') === true
        ? (stringAt(version, 'deprecationWarning') ?? `${group}/${name} ${kind} is deprecated`)
        : undefined,
  };
}

function scaleOf(scale: JsonObject | undefined): ScalePaths | undefined {
  if (scale === undefined) return undefined;
  const labelSelector = stringAt(scale, 'labelSelectorPath');
  return {
    specReplicas: stringAt(scale, 'specReplicasPath') ?? '',
    statusReplicas: stringAt(scale, 'statusReplicasPath') ?? '',
    ...(labelSelector !== undefined && labelSelector !== '' && { labelSelector }),
  };
}

function columnOf(column: JsonObject): Column {
  const format = stringAt(column, 'format');
  const description = stringAt(column, 'description');
  return {
    name: stringAt(column, 'name') ?? '',
    type: stringAt(column, 'type') ?? 'string',
    ...(format !== undefined && { format }),
    ...(description !== undefined && { description }),
    priority: numberAt(column, 'priority') ?? 0,
    jsonPath: stringAt(column, 'jsonPath') ?? '',
  };
}

/** True where the condition is there and `True`. */
export function holds(definition: JsonObject, condition: string): boolean {
  return stringAt(conditionOf(definition, condition), 'status') === 'True';
}

export function conditionOf(definition: JsonObject, type: string): JsonObject | undefined {
  return arrayAt(definition, 'status', 'conditions')
    .filter(isObject)
    .find((one) => stringAt(one, 'type') === type);
}
