/** What the types say of a field to those who merge it (pkg/util/strategicpatch/meta.go, third_party/forked/golang/json). */
import type { Schema } from '../../schemas/schema.ts';
import { unexpected } from './wrong.ts';

export interface FieldMeta {
  /** Of the field, or of its items. */
  readonly schema: Schema;
  /** Lists are merged item by item where it is `merge`; anything is replaced where it is `replace`. */
  readonly strategy: string;
  /** Empty for a list of scalars. */
  readonly mergeKey: string;
}

/** @throws where the type has no such field */
export function fieldMeta(holder: Schema, name: string): FieldMeta {
  const { properties, type, additionalProperties } = holder;
  const field = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (field !== undefined) return metaOf(field);

  const isMap = additionalProperties !== undefined && additionalProperties !== false;
  const isStruct = !isMap && (type === 'object' || type === undefined);
  if (!isStruct) {
    const kind = isMap ? 'map' : type === 'array' ? 'slice' : (type ?? '');
    throw unexpected(`merging an object in json but data type is not struct, instead is: ${kind}`);
  }
  const title = holder.name?.slice(holder.name.lastIndexOf('.') + 1) ?? '';
  throw unexpected(`unable to find api field in struct ${title} for the json field ${JSON.stringify(name)}`);
}

/** As `fieldMeta`, with the schema of the list's items. @throws where the field is no list */
export function listMeta(holder: Schema, name: string): FieldMeta {
  const meta = fieldMeta(holder, name);
  const { items } = meta.schema;
  if (items === undefined) throw unexpected('expected slice or array type, but got: struct');
  return { ...meta, schema: items };
}

function metaOf(schema: Schema): FieldMeta {
  const strategies = (schema['x-kubernetes-patch-strategy'] ?? '').split(',');
  const others = strategies.filter((strategy) => strategy !== 'retainKeys');
  return { schema, strategy: others[0] ?? '', mergeKey: schema['x-kubernetes-patch-merge-key'] ?? '' };
}
