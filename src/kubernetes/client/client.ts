/** What Weir asks of an API server: objects as JSON in and out, errors as ApiError. */
import { arrayAt, isObject, type JsonArray, type JsonObject, type JsonValue, stringAt } from '../json.ts';
import { type Asked, type CallOptions, call, describe } from './call.ts';
import type { Connection } from './connection.ts';
import { DecodingError } from './errors.ts';
import { collectionPath, fullName, objectPath, type Place, query, type Resource, typed } from './resource.ts';
import { type Selection, type WatchEvent, type WatchOptions, watch } from './watch.ts';

export interface WriteOptions extends CallOptions {
  /** Who owns the fields that are written (metadata.managedFields); `weir` unless set. */
  readonly fieldManager?: string;
  /** Server-side apply takes fields from other managers. */
  readonly force?: boolean;
  readonly isDryRun?: boolean;
}

export interface UpdateOptions extends WriteOptions {
  /** `status`. */
  readonly subresource?: string;
}

export interface GetOptions extends CallOptions {
  /** The server leaves out all but the metadata: of a Secret nothing that is secret comes. */
  readonly isMetadataOnly?: boolean;
}

export interface DeleteOptions extends CallOptions {
  /** Deletes only this very object. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  /** 0: at once. */
  readonly gracePeriodSeconds?: number;
}

export interface ListOptions extends CallOptions, Selection {
  /** The most objects in one page. */
  readonly limit?: number;
  /** From the page before. */
  readonly continue?: string;
  readonly resourceVersion?: string;
}

export interface ListPage {
  /** With apiVersion and kind. */
  readonly items: readonly JsonObject[];
  readonly resourceVersion: string;
  /** Absent on the last page. */
  readonly continue?: string;
}

/** All pages of a list. */
export interface Listed {
  /** From which a watch goes on. */
  readonly version: string;
  readonly objects: readonly JsonObject[];
}

export interface Patch {
  /** `merge`: RFC 7386; `json`: RFC 6902; `strategic`: Kubernetes' own, for its own kinds; `apply`: server-side apply. */
  readonly type: 'merge' | 'json' | 'strategic' | 'apply';
  readonly body: JsonObject | JsonArray;
}

export interface Client {
  /** `https://127.0.0.1:6443 (context "weir")`, for sentences. */
  readonly name: string;
  get(resource: Resource, place: Place, options?: GetOptions): Promise<JsonObject>;
  /** One page; `listAll` of list.ts gives all of them. */
  list(resource: Resource, options?: ListOptions): Promise<ListPage>;
  /** The object goes to the namespace in its metadata. */
  create(resource: Resource, object: JsonObject, options?: WriteOptions): Promise<JsonObject>;
  /** To a subresource that takes an object and answers with another, such as a ServiceAccount's `token`. */
  createAt(resource: Resource, place: Place, object: JsonObject, options?: CallOptions): Promise<JsonObject>;
  /** Refused with a conflict where the object names a resourceVersion that is not the stored one. */
  update(resource: Resource, object: JsonObject, options?: UpdateOptions): Promise<JsonObject>;
  patch(resource: Resource, place: Place, patch: Patch, options?: WriteOptions): Promise<JsonObject>;
  delete(resource: Resource, place: Place, options?: DeleteOptions): Promise<void>;
  /** Resolves once the server accepted the watch; the events then come one by one. */
  watch(resource: Resource, options: WatchOptions): Promise<AsyncIterable<WatchEvent>>;
  /** Any other path, its answer as JSON, or as text where it is none: `/version`, `/readyz`. */
  read(path: string, options?: CallOptions): Promise<JsonValue>;
}

const METADATA_ONLY = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' };

const PATCH_TYPES: Readonly<Record<Patch['type'], string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/**
 * A client over a connection.
 *
 * @example
 * const client = clientOver(await connect({ environment: process.env, clock: systemClock }));
 * const secret = await client.get(secrets, { namespace: 'weir-system', name: 'weir-webhook-certificate' });
 */
export function clientOver(connection: Connection): Client {
  async function object(asked: Asked, options: CallOptions): Promise<JsonObject> {
    const answer = await call(connection, asked, options);
    if (isObject(answer)) return answer;
    throw new DecodingError(`the API server at ${connection.name} answered ${describe(asked)} with no object`);
  }

  return {
    name: connection.name,

    async get(resource, place, { isMetadataOnly = false, ...options } = {}) {
      const headers = isMetadataOnly ? METADATA_ONLY : {};
      return object({ method: 'GET', path: objectPath(resource, place), headers }, options);
    },

    async list(resource, options = {}) {
      const { namespace, fieldSelector, labelSelector, limit, continue: from, resourceVersion } = options;
      const parameters = query({ fieldSelector, labelSelector, limit, continue: from, resourceVersion });
      const path = collectionPath(resource, namespace) + parameters;
      const answer = await object({ method: 'GET', path }, options);
      return pageOf(answer, resource, connection.name);
    },

    async create(resource, body, options = {}) {
      const path = collectionPath(resource, stringAt(body, 'metadata', 'namespace')) + written(options);
      return object({ method: 'POST', path, body }, options);
    },

    async createAt(resource, place, body, options = {}) {
      return object({ method: 'POST', path: objectPath(resource, place), body }, options);
    },

    async update(resource, body, { subresource, ...options } = {}) {
      const namespace = stringAt(body, 'metadata', 'namespace') ?? '';
      const name = stringAt(body, 'metadata', 'name') ?? '';
      const place = { namespace, name, ...(subresource === undefined ? {} : { subresource }) };
      return object({ method: 'PUT', path: objectPath(resource, place) + written(options), body }, options);
    },

    async patch(resource, place, { type, body }, options = {}) {
      const path = objectPath(resource, place) + written(options);
      return object({ method: 'PATCH', path, body, headers: { 'content-type': PATCH_TYPES[type] } }, options);
    },

    async delete(resource, place, { preconditions, propagationPolicy, gracePeriodSeconds, ...options } = {}) {
      const body: JsonObject = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...(preconditions === undefined ? {} : { preconditions: { ...preconditions } }),
        ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      };
      await call(connection, { method: 'DELETE', path: objectPath(resource, place), body }, options);
    },

    watch: (resource, options) => watch(connection, resource, options),

    read: (path, options = {}) => call(connection, { method: 'GET', path }, options),
  };
}

/**
 * Nobody reads the warnings that the server else looks for, by a decoding that tells which fields and doubled keys it met:
 * what we write is put together here.
 */
const UNWARNED = { fieldValidation: 'Ignore' };

function written({ fieldManager, force, isDryRun }: WriteOptions): string {
  const dryRun = isDryRun === true ? 'All' : undefined;
  return query({ fieldManager: fieldManager ?? 'weir', force, dryRun, ...UNWARNED });
}

function pageOf(answer: JsonObject, resource: Resource, name: string): ListPage {
  const resourceVersion = stringAt(answer, 'metadata', 'resourceVersion');
  if (resourceVersion === undefined || !('items' in answer)) {
    throw new DecodingError(`the API server at ${name} gave no list of ${fullName(resource)}`);
  }
  const items: JsonObject[] = [];
  for (const item of arrayAt(answer, 'items')) {
    if (!isObject(item))
      throw new DecodingError(
        `the API server at ${name} gave a list of ${fullName(resource)} with an item that is no object`,
      );
    items.push(typed(item, resource));
  }
  const next = stringAt(answer, 'metadata', 'continue');
  return { items, resourceVersion, ...(next === undefined || next === '' ? {} : { continue: next }) };
}
