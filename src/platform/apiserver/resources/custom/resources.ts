/** The resources that a definition asks for: one for each version that is served. */
import { type JsonObject, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { isBeingDeleted } from '../../../../kubernetes/object.ts';
import type { Schema } from '../../schemas/schema.ts';
import { ALL_VERBS } from '../kind.ts';
import type { Resource, Verb } from '../resource.ts';
import { schemaOfVersion } from '../schemaWork.ts';
import { holds, namesOf, type Version, versionsOf } from './definition.ts';
import { customStrategy } from './strategy.ts';
import { byPreference } from './versions.ts';

/** While its objects are being deleted with it, none are made; finalizers must still be taken away. */
const LAST_VERBS: readonly Verb[] = ALL_VERBS.filter((verb) => verb !== 'create');

/** Those of an established definition, the preferred version first; none of another. */
export function customResources(definition: JsonObject): Resource[] {
  if (!holds(definition, 'Established')) return [];

  // of versions that differ in shape, only the stored one can be told
  const isConverted = stringAt(definition, 'spec', 'conversion', 'strategy') === 'Webhook';
  const versions = versionsOf(definition);
  const stored = versions.find(({ isStored }) => isStored);
  const storedSchemaOf = once(() => schemaOfVersion(stored?.schema));
  return versions
    .filter(({ isServed, isStored }) => isServed && (isStored || !isConverted))
    .sort((left, right) => byPreference(left.name, right.name))
    .map((version) =>
      customResource(definition, version, {
        version: stored?.name ?? '',
        schemaOf: version.isStored ? undefined : storedSchemaOf,
      }),
    );
}

/** How its objects are stored; without a schema where that is the version itself. */
interface Storage {
  readonly version: string;
  readonly schemaOf: (() => Schema) | undefined;
}

function customResource(definition: JsonObject, version: Version, storage: Storage): Resource {
  const group = stringAt(definition, 'spec', 'group') ?? '';
  const names = namesOf(objectAt(definition, 'status', 'acceptedNames'));
  const lazySchema = once(() => schemaOfVersion(version.schema));
  return {
    group,
    version: version.name,
    kind: names.kind,
    listKind: names.listKind === '' ? `${names.kind}List` : names.listKind,
    plural: names.plural,
    singular: names.singular === '' ? names.kind.toLowerCase() : names.singular,
    shortNames: names.shortNames,
    categories: names.categories,
    isNamespaced: stringAt(definition, 'spec', 'scope') === 'Namespaced',
    verbs: isBeingDeleted(definition) ? LAST_VERBS : ALL_VERBS,
    isCustom: true,
    storedAs: `${names.plural}.${group}`,
    storageVersion: storage.version,
    get schema() {
      return lazySchema();
    },
    hasStatus: version.hasStatus,
    ...(version.scale !== undefined && { scale: version.scale }),
    subresources: [],
    selectableFields: version.selectableFields,
    columns: version.columns,
    ...(version.deprecation !== undefined && { deprecation: version.deprecation }),
    strategy: customStrategy(lazySchema, { ...version, storedSchemaOf: storage.schemaOf }),
  };
}

function once(make: () => Schema): () => Schema {
  let made: Schema | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
