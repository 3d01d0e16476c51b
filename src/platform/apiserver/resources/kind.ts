/** How a kind that is built in is declared, and the Resource that comes of it. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Schema } from '../schemas/schema.ts';
import { throughStored } from './conversions/strategy.ts';
import type { Conversion, Resource, ScalePaths, Strategy, Verb } from './resource.ts';
import { schemaOfKind } from './schemaWork.ts';
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
  /** The version that is stored, where objects are prepared and judged in its shape too. */
  readonly stored?: Kind;
  /** What a client is warned of with each request. */
  readonly deprecation?: string;
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
    storageVersion: kind.stored?.version ?? kind.version,
    ...(kind.conversion !== undefined && { conversion: kind.conversion }),
    get schema() {
      return lazySchema();
    },
    hasStatus: kind.status !== undefined,
    ...(kind.scale !== undefined && { scale: kind.scale }),
    subresources: kind.subresources ?? [],
    selectableFields: kind.selectableFields ?? [],
    columns: [],
    ...(kind.deprecation !== undefined && { deprecation: kind.deprecation }),
    strategy: strategyFor(kind, lazySchema),
  };
}

function strategyFor({ status, rules = {}, conversion, stored }: Kind, schemaOf: () => Schema): Strategy {
  const own = strategyOf(schemaOf, status, rules);
  if (stored === undefined || conversion === undefined) return own;
  const storedSchema = () => schemaOfKind(stored.group, stored.version, stored.kind);
  return throughStored(own, strategyOf(storedSchema, stored.status, stored.rules ?? {}), conversion);
}
