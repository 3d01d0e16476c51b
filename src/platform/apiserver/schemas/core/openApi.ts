/** The types of Kubernetes' own kinds as OpenAPI v3 has them, with descriptions: `components.schemas` of one document. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { DEFINITIONS, GROUP_VERSION_ROOTS } from './definitions.generated.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const FOR_EVERY_GROUP: ReadonlySet<string> = new Set([`${META}DeleteOptions`, `${META}WatchEvent`]);

/**
 * The definitions of an API version by their names, `x-kubernetes-group-version-kind` and descriptions included; the
 * descriptions are half a megabyte, which is loaded for this alone.
 *
 * @param group empty for the core group
 * @returns undefined where no kind of that API version is known
 */
export async function openApiSchemas(
  group: string,
  version: string,
): Promise<Readonly<Record<string, JsonObject>> | undefined> {
  const key = group === '' ? version : `${group}/${version}`;
  const roots = Object.hasOwn(GROUP_VERSION_ROOTS, key) ? GROUP_VERSION_ROOTS[key] : undefined;
  if (roots === undefined) return undefined;
  return documentOf(roots, { group, version });
}

/** The definitions with all that they name: for documents of custom resources, which name meta/v1's ObjectMeta. */
export function openApiDefinitions(
  names: readonly string[],
  groupVersion: { readonly group: string; readonly version: string },
): Promise<Readonly<Record<string, JsonObject>>> {
  return documentOf(names, groupVersion);
}

async function documentOf(
  roots: readonly string[],
  { group, version }: { readonly group: string; readonly version: string },
): Promise<Record<string, JsonObject>> {
  const { DESCRIPTIONS } = await import('./descriptions.generated.ts');
  const found = new Map<string, JsonObject>();
  const waiting = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    const descriptions: JsonObject = JSON.parse(DESCRIPTIONS[name] ?? '{}');
    const schema = raw(JSON.parse(DEFINITIONS[name] ?? '{}'), descriptions, waiting);
    found.set(name, FOR_EVERY_GROUP.has(name) ? { ...schema, ...kindsOf(name, group, version) } : schema);
  }
  return Object.fromEntries([...found].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function kindsOf(name: string, group: string, version: string): JsonObject {
  const kind = name.slice(META.length);
  const named = [{ group: '', kind, version: 'v1' }];
  if (group !== '') named.push({ group, kind, version });
  return { 'x-kubernetes-group-version-kind': named };
}

/** @param names takes the definitions that it names */
function raw(definition: JsonObject, descriptions: JsonObject, names: string[]): JsonObject {
  const { properties, ...rest } = definition;
  const schema: JsonObject = { ...described(descriptions['']), ...rawSchema(rest, names) };
  if (!isObject(properties)) return schema;

  const written: Record<string, JsonValue> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (isObject(property)) written[name] = rawSchema({ ...described(descriptions[name]), ...property }, names);
  }
  return { ...schema, properties: written };
}

function described(description: JsonValue | undefined): JsonObject {
  return description === undefined ? {} : { description };
}

/** OpenAPI allows nothing beside `$ref`. */
function rawSchema(schema: JsonObject, names: string[]): JsonObject {
  const { $ref, ...rest } = schema;
  const written: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (value === undefined) continue;
    const isSchema = (key === 'items' || key === 'additionalProperties') && isObject(value) && !isArray(value);
    written[key] = isSchema ? rawSchema(value, names) : value;
  }
  if (typeof $ref !== 'string') return written;

  names.push($ref);
  const reference = { $ref: `#/components/schemas/${$ref}` };
  return Object.keys(written).length === 0 ? reference : { ...written, allOf: [reference] };
}
