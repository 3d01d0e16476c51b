/**
 * A definition of Kubernetes' OpenAPI as it is kept: its descriptions apart, and references without what all of them
 * have in common. src/platform/apiserver/schemas/core/ reads it and gives both forms back.
 */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../src/kubernetes/json.ts';

const PREFIX = '#/components/schemas/';

export interface Reduced {
  readonly definition: JsonObject;
  /** Of the type under the empty key, of its fields under their names. */
  readonly descriptions: Readonly<Record<string, string>>;
  /** Definitions that it names. */
  readonly references: readonly string[];
}

/** @throws where OpenAPI is written in a way that could not be given back */
export function reduce(definition: JsonObject): Reduced {
  const descriptions: Record<string, string> = {};
  const references = new Set<string>();

  const { description, properties, ...rest } = definition;
  if (typeof description === 'string') descriptions[''] = description;
  const reduced: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined) reduced[key] = reduceKeyword(key, value, references);
  }

  if (isObject(properties)) {
    const kept: Record<string, JsonValue> = {};
    for (const [name, property] of Object.entries(properties)) {
      if (!isObject(property)) throw new Error(`the property ${name} is no schema`);
      const { description: text, ...schema } = property;
      if (typeof text === 'string') descriptions[name] = text;
      kept[name] = reduceSchema(schema, references);
    }
    reduced.properties = kept;
  }
  return { definition: reduced, descriptions, references: [...references] };
}

/** `{allOf: [{$ref}], …}` and `{$ref}` are both kept as `{$ref: name, …}`: OpenAPI writes allOf where anything stands beside it. */
function reduceSchema(schema: JsonObject, references: Set<string>): JsonObject {
  if (schema.description !== undefined) throw new Error('a description stands where none is expected');
  const reduced: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined) continue;
    if (key === 'allOf') {
      const [only, ...others] = isArray(value) ? value : [];
      if (!isObject(only) || typeof only.$ref !== 'string' || others.length > 0)
        throw new Error('allOf is no reference');
      reduced.$ref = referenced(only.$ref, references);
    } else {
      reduced[key] = reduceKeyword(key, value, references);
    }
  }
  return reduced;
}

function reduceKeyword(key: string, value: JsonValue, references: Set<string>): JsonValue {
  if (key === '$ref') return referenced(String(value), references);
  if ((key === 'items' || key === 'additionalProperties') && isObject(value)) return reduceSchema(value, references);
  if (key === 'oneOf' || key === 'anyOf' || key === 'not') assertPlain(value);
  return value;
}

/** Combinations are kept as they are, so that they may name nothing. */
function assertPlain(value: JsonValue): void {
  if (JSON.stringify(value).includes('$ref')) throw new Error('a combination names another definition');
}

function referenced(pointer: string, references: Set<string>): string {
  if (!pointer.startsWith(PREFIX)) throw new Error(`${pointer} is no definition`);
  const name = pointer.slice(PREFIX.length);
  references.add(name);
  return name;
}
