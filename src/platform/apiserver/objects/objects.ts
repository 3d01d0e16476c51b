/**
 * What can be done with objects, in the order in which kube-apiserver does it. Who asks has been authenticated and
 * authorized by then; http/ reads requests into these calls, and lifecycle/ makes them itself.
 */
import type { JsonObject, JsonValue } from '../../../kubernetes/json.ts';
import type { User } from '../auth/user.ts';
import type { Resource } from '../resources/resource.ts';
import type { Page, Stored } from '../store/store.ts';
import type { Selectors } from './selectors/selectors.ts';

/** Who asks, and for what. */
export interface Target {
  readonly resource: Resource;
  /** Empty for the main resource. */
  readonly subresource: string;
  /** Empty for what has none, and for all of them. */
  readonly namespace: string;
  /** Empty for a collection; on a create the body may name it. */
  readonly name: string;
  readonly user: User;
  /** Whose changes these are where the options name no field manager: the product of the User-Agent. */
  readonly agent: string;
  /** Takes sentences for the `Warning` header. */
  readonly warn: (sentence: string) => void;
}

export type FieldValidation = 'Ignore' | 'Strict' | 'Warn';

/** Of CreateOptions, UpdateOptions and PatchOptions. */
export interface WriteOptions {
  readonly dryRun: boolean;
  /** Empty where nobody named one. */
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  /** As the client sent them, for admission; without `kind` and `apiVersion`. */
  readonly sent: JsonObject;
}

export type PatchType = 'apply' | 'json' | 'merge' | 'strategic';

export interface Patch {
  readonly type: PatchType;
  readonly body: Body;
  /** Of an apply: takes fields from other managers. */
  readonly force: boolean;
}

/** A parsed body. */
export interface Body {
  /** Null where there is a fault. */
  readonly value: JsonValue;
  /** Why the text is none of its type. */
  readonly fault?: string;
  /** A sentence for each key that stands twice: `duplicate field "metadata.name"`; the last one counts. */
  readonly duplicates: readonly string[];
  /** Where fields stand in the text, by path, so that what is said of them comes in their order. */
  placesOf?(): ReadonlyMap<string, number>;
  /** The start of what was sent, for sentences about it. */
  readonly start: string;
}

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds?: number;
  readonly orphanDependents?: boolean;
  readonly propagationPolicy?: Propagation;
  readonly preconditions: { readonly uid?: string; readonly resourceVersion?: string };
  /** As the client sent them, for admission; without `kind` and `apiVersion`. */
  readonly sent: JsonObject;
}

/** What is answered: an object that is stored, or one that is not: of a dry run, a Status, a Scale, a review. */
export type Answer =
  | { readonly code: number; readonly stored: Stored }
  | { readonly code: number; readonly stored?: undefined; readonly object: JsonObject };

/** @throws Failure, every one of them */
export interface Objects {
  get(target: Target): Answer;
  create(target: Target, options: WriteOptions, body: Body): Promise<Answer>;
  update(target: Target, options: WriteOptions, body: Body): Promise<Answer>;
  patch(target: Target, options: WriteOptions, patch: Patch): Promise<Answer>;
  delete(target: Target, options: DeleteOptions): Promise<Answer>;
  /** Deletes one after the other; what is gone by then does not matter. Answers with what was selected. */
  deleteCollection(target: Target, options: DeleteOptions, selectors: Selectors): Promise<Page>;
}

/** The object of an answer. */
export function objectOf(answer: Answer): JsonObject {
  return answer.stored === undefined ? answer.object : answer.stored.object();
}

/** Options of a caller in this process, who is not asked for field validation. */
export function plainOptions(fieldManager: string): WriteOptions {
  return { dryRun: false, fieldManager, fieldValidation: 'Ignore', sent: { fieldManager } };
}

/** A body that was never text. */
export function bodyOf(value: JsonValue): Body {
  return { value, duplicates: [], start: '' };
}
