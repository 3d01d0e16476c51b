/**
 * OpenAPI v3: an index with a hash of each document, and one document for each version of each group, made when it is
 * first asked for and again when its resources change.
 */
import { createHash } from 'node:crypto';
import { isObject, type JsonObject, type JsonValue } from '../../../kubernetes/json.ts';
import type { Resource } from '../resources/resource.ts';
import { openApiDefinitions, openApiSchemas } from '../schemas/core/openApi.ts';
import type { Schema } from '../schemas/schema.ts';
import type { GroupVersion } from './discovery.ts';
import { pathsOf, reference } from './openapiPaths.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const FOR_CUSTOM = ['ObjectMeta', 'ListMeta', 'DeleteOptions', 'Status', 'Patch'].map((name) => `${META}.${name}`);
const SPEC = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

export interface OpenApiDocument {
  readonly text: string;
  /** Of the text, in capitals, as Kubernetes has it. */
  readonly hash: string;
}

/** Keeps the documents; one is made anew where its resources are others than before. */
export class OpenApiDocuments {
  readonly #known = new Map<string, { resources: readonly Resource[]; document: Promise<OpenApiDocument> }>();
  readonly #version: string;

  /** @param version of the server, `v1.36.3` */
  constructor(version: string) {
    this.#version = version;
  }

  document(groupVersion: GroupVersion): Promise<OpenApiDocument> {
    const key = pathTo(groupVersion);
    const known = this.#known.get(key);
    if (known !== undefined && isSame(known.resources, groupVersion.resources)) return known.document;

    const document = make(groupVersion, this.#version);
    this.#known.set(key, { resources: groupVersion.resources, document });
    return document;
  }

  /** `/openapi/v3`. */
  async index(all: readonly GroupVersion[]): Promise<JsonObject> {
    const paths: Record<string, JsonValue> = {};
    for (const groupVersion of all) {
      const path = pathTo(groupVersion);
      const { hash } = await this.document(groupVersion);
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
    }
    return { paths };
  }
}

/** `api/v1`, `apis/apps/v1`: where the document stands below `/openapi/v3/`. */
export function pathTo({ group, version }: Pick<GroupVersion, 'group' | 'version'>): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function isSame(left: readonly Resource[], right: readonly Resource[]): boolean {
  return left.length === right.length && left.every((resource, index) => resource === right[index]);
}

async function make({ group, version, resources }: GroupVersion, serverVersion: string): Promise<OpenApiDocument> {
  const schemas: Record<string, JsonObject> = { ...(await openApiSchemas(group, version)) };
  const custom = resources.filter(({ isCustom }) => isCustom);
  if (custom.length > 0) Object.assign(schemas, await openApiDefinitions(FOR_CUSTOM, { group, version }));

  const paths: Record<string, JsonValue> = {};
  for (const resource of resources) {
    const name = resource.isCustom ? customName(resource, resource.kind) : (resource.schema.name ?? '');
    const listName = resource.isCustom ? customName(resource, resource.listKind) : `${name}List`;
    if (resource.isCustom) {
      schemas[name] = customSchema(resource);
      schemas[listName] = listSchema(resource, name);
    }
    Object.assign(paths, pathsOf(resource, name, listName));
  }
  const text = JSON.stringify({
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: serverVersion },
    paths: sorted(paths),
    components: { schemas: sorted(schemas) },
  });
  return { text, hash: createHash('sha512').update(text).digest('hex').toUpperCase() };
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** `com.example.v1.Widget`: the group from its end. */
function customName({ group, version }: Resource, kind: string): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

const API_VERSION = {
  description: `APIVersion defines the versioned schema of this representation of an object. More info: ${SPEC}#resources`,
  type: 'string',
};
const KIND = {
  description: `Kind is a string value representing the REST resource this object represents. More info: ${SPEC}#types-kinds`,
  type: 'string',
};

function customSchema(resource: Resource): JsonObject {
  const schema = published(resource.schema);
  const metadata = {
    description: `Standard object's metadata. More info: ${SPEC}#metadata`,
    allOf: [reference(`${META}.ObjectMeta`)],
  };
  const properties = { apiVersion: API_VERSION, kind: KIND, metadata };
  return {
    ...schema,
    type: 'object',
    properties: { ...properties, ...withoutMeta(schema.properties) },
    'x-kubernetes-group-version-kind': [kindOf(resource, resource.kind)],
  };
}

function withoutMeta(properties: JsonValue | undefined): JsonObject {
  if (!isObject(properties)) return {};
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...rest } = properties;
  return rest;
}

function listSchema(resource: Resource, itemName: string): JsonObject {
  return {
    description: `${resource.listKind} is a list of ${resource.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: API_VERSION,
      items: {
        description: `List of ${resource.plural}. More info: ${SPEC}`,
        type: 'array',
        items: reference(itemName),
      },
      kind: KIND,
      metadata: {
        description: `Standard list metadata. More info: ${SPEC}#types-kinds`,
        allOf: [reference(`${META}.ListMeta`)],
      },
    },
    'x-kubernetes-group-version-kind': [kindOf(resource, resource.listKind)],
  };
}

function kindOf({ group, version }: Resource, kind: string): JsonObject {
  return { group, kind, version };
}

/** A schema as JSON. Types of Kubernetes' own inside of it are left open: they stand in other documents. */
function published(schema: Schema): JsonObject {
  const written: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined || key === 'name') continue;
    if (key === 'properties') written[key] = publishedMap(value);
    else if (key === 'items' || key === 'not' || key === 'additionalProperties') written[key] = publishedPart(value);
    else if (key === 'allOf' || key === 'anyOf' || key === 'oneOf') written[key] = value.map(published);
    else written[key] = value;
  }
  if (schema['x-kubernetes-int-or-string'] === true && schema.anyOf === undefined) {
    written.anyOf = [{ type: 'integer' }, { type: 'string' }];
  }
  return written;
}

function publishedPart(value: Schema | boolean): JsonValue {
  if (typeof value === 'boolean') return value;
  return value.name === undefined ? published(value) : { type: 'object' };
}

function publishedMap(properties: Readonly<Record<string, Schema>>): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, publishedPart(schema)]));
}
