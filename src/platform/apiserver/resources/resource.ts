/** What the API server serves, as discovery tells it and as requests find it. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Schema } from '../schemas/schema.ts';
import type { Cause } from '../status/failure.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** One version of one resource. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly isNamespaced: boolean;
  readonly verbs: readonly Verb[];
  /** A custom resource, whose CustomResourceDefinition stands in the store. */
  readonly isCustom: boolean;
  /** Under which its objects are stored, whatever the version: `deployments.apps`, `pods`. */
  readonly storedAs: string;
  /** The version that its objects are stored in; their apiVersion is rewritten where another one is asked for. */
  readonly storageVersion: string;
  /** Where the version has another shape than the one that its objects are stored in. */
  readonly conversion?: Conversion;
  readonly schema: Schema;
  readonly hasStatus: boolean;
  readonly scale?: ScalePaths;
  /** Subresources with a handler of their own beside status and scale: `token`, `binding`, `eviction`, `finalize`. */
  readonly subresources: readonly string[];
  /** For field selectors, beside metadata.name and metadata.namespace: `spec.nodeName`, `status.phase`, `type`. */
  readonly selectableFields: readonly string[];
  /** Of a custom resource: `additionalPrinterColumns`. */
  readonly columns: readonly Column[];
  /** Of a deprecated version: the sentence for the `Warning` header of each request to it. */
  readonly deprecation?: string;
  readonly strategy: Strategy;
}

/** Between a version and the one that its objects are stored in, both as Go would write them. */
export interface Conversion {
  toStored(object: JsonObject): JsonObject;
  fromStored(object: JsonObject): JsonObject;
  /**
   * As `toStored`, of an object that has come from `fromStored` and been changed since: what the version cannot tell is
   * as it was. Absent where a version tells all.
   */
  restored?(object: JsonObject): JsonObject;
  /** What a field that the version is selected by is called in the stored one; the same unless said. */
  storedField?(field: string): string;
}

/** JSON paths of the scale subresource, as `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  readonly labelSelector?: string;
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority: number;
  readonly jsonPath: string;
}

/** What changes an object, or wants to. */
export interface Change {
  readonly now: Date;
  /** Empty for the main resource, else `status`, `scale`, … */
  readonly subresource: string;
  /** Nothing is written: nothing is to be held for it. */
  readonly isDryRun?: boolean;
}

/**
 * What a kind does beside its schema, as `registry/…/strategy.go` does in Kubernetes. Objects come in and go out as
 * plain JSON; the one that is given is never changed. Objects have passed the schema's types by then.
 */
export interface Strategy {
  /**
   * Without the fields that the schema does not know, and with the values that Kubernetes fills in: those of the schema,
   * then those that only its Go code knows.
   */
  withDefaults(object: JsonObject): JsonObject;
  /** Before a create is validated: status dropped where there is a subresource for it, what the server owns set. */
  beforeCreate(object: JsonObject, change: Change): JsonObject;
  /** Before an update is validated: what may not be changed by this way is taken from the old object; the generation counts. */
  beforeUpdate(object: JsonObject, old: JsonObject, change: Change): JsonObject;
  /** What a deletion begins with, such as a finalizer of the server's own. */
  beforeDelete?(object: JsonObject, change: Change): JsonObject;
  /** As it is read back from the store: of a version that is not the stored one, what that one's schema makes of it. */
  asStored?(object: JsonObject): JsonObject;
  /** All that is wrong; `old` on an update. Metadata is validated elsewhere. */
  validate(object: JsonObject, old: JsonObject | undefined, change: Change): readonly Cause[];
  /** Sentences for the `Warning` header. */
  warnings(object: JsonObject, old: JsonObject | undefined): readonly string[];
  /** Whether PUT on a name that is not there creates it (Kubernetes: Lease, Endpoints, RBAC, …). */
  readonly createsOnUpdate: boolean;
  /** Seconds of grace that a DELETE gives where it names none; pods only. */
  readonly graceSeconds?: number;
}

/** The resources that are served now. Custom ones come and go. */
export interface Resources {
  find(group: string, version: string, plural: string): Resource | undefined;
  ofKind(group: string, version: string, kind: string): Resource | undefined;
  /** Any version of it, the preferred one first. */
  ofStored(storedAs: string): Resource | undefined;
  all(): readonly Resource[];
  /** Counts up when a resource comes, goes or changes, so that caches of documents know. */
  readonly generation: number;
}
