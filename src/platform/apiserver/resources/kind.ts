/** How a kind that is built in is declared, and the Resource that comes of it. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Schema } from '../schemas/schema.ts';
import type { Conversion, Resource, ScalePaths, Verb } from './resource.ts';
import { type Rules, strategyOf } from './strategy.ts';

/** What is served of a kind. What is left out has the value that most kinds have. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Namespaced unless said. */
  readonly scope?: 'Cluster' | 'Namespaced';
  /** All unless said. */
  readonly verbs?: readonly Verb[];
  /** What a new object has as its status; absent where the kind has no status subresource. */
  readonly status?: JsonObject;
  readonly scale?: ScalePaths;
  readonly subresources?: readonly string[];
  readonly selectableFields?: readonly string[];
  /** Another resource's objects under this name too: core's `events`. */
  readonly storedAs?: string;
  /** Where another version is stored: how its objects become those of this one. */
  readonly conversion?: Conversion;
  readonly rules?: Rules;
}

export const ALL_VERBS: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** A scale subresource as the workloads of core and apps have it. */
export const WORKLOAD_SCALE: ScalePaths = {
  specReplicas: '.spec.replicas',
  statusReplicas: '.status.replicas',
  labelSelector: '.spec.selector',
};

/** @param schemaOf asked when the schema is first needed: reading all of them takes time that a start has not */
export function resourceOf(kind: Kind, schemaOf: () => Schema): Resource {
  let schema: Schema | undefined;
  const lazySchema = () => {
    schema ??= schemaOf();
    return schema;
  };
  return {
    group: kind.group,
    version: kind.version,
    kind: kind.kind,
    listKind: `${kind.kind}List`,
    plural: kind.plural,
    singular: kind.kind.toLowerCase(),
    shortNames: kind.shortNames ?? [],
    categories: kind.categories ?? [],
    isNamespaced: kind.scope !== 'Cluster',
    verbs: kind.verbs ?? ALL_VERBS,
    isCustom: false,
    storedAs: kind.storedAs ?? (kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`),
    storageVersion: kind.version,
    ...(kind.conversion !== undefined && { conversion: kind.conversion }),
    get schema() {
      return lazySchema();
    },
    hasStatus: kind.status !== undefined,
    ...(kind.scale !== undefined && { scale: kind.scale }),
    subresources: kind.subresources ?? [],
    selectableFields: kind.selectableFields ?? [],
    columns: [],
    strategy: strategyOf(lazySchema, kind.status, kind.rules ?? {}),
  };
}
