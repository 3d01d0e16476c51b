/** From documents to resources: Lists come apart, and what is no resource is said to be none. */
import { isArray, isObject, type JsonObject, type JsonValue, stringAt } from '../json.ts';
import { join } from '../pointer.ts';
import { Manifest, type ManifestDocument, type ReadDocument } from './document.ts';
import type { InputError, InputErrorReason } from './inputError.ts';
import { MAX_ERRORS } from './limits.ts';

/** What came out of the documents so far. */
export interface Resources {
  readonly documents: ManifestDocument[];
  readonly errors: InputError[];
}

/** Adds a document's resource, or each of a List's, however deep Lists stand in Lists. */
export function addResources(document: ReadDocument, into: Resources): void {
  addResource(document, document.value, '', into);
}

function addResource(document: ReadDocument, value: JsonValue, path: string, into: Resources): void {
  if (!isObject(value)) {
    refuse(
      document,
      path,
      'notAnObject',
      `not a Kubernetes object: ${describe(value)} stands where a mapping with apiVersion and kind belongs`,
      into,
    );
    return;
  }
  const problem = headProblem(value);
  if (problem !== undefined) {
    refuse(document, problem.at === '' ? path : join(path, problem.at), problem.reason, problem.message, into);
    return;
  }

  const kind = stringAt(value, 'kind') ?? '';
  if (!kind.endsWith('List') || !(isArray(value.items) || kind === 'List')) {
    into.documents.push(new Manifest(document, value, path));
    return;
  }
  addItems(document, value, kind, path, into);
}

function addItems(document: ReadDocument, list: JsonObject, kind: string, path: string, into: Resources): void {
  const items = list.items;
  if (items === null) return;
  if (!isArray(items)) {
    refuse(document, join(path, 'items'), 'notAResource', 'a List without a list of items; write items: []', into);
    return;
  }
  for (const [index, item] of items.entries()) {
    addResource(document, withHead(item, list, kind), join(path, 'items', index), into);
  }
}

/**
 * An item that says neither apiVersion nor kind takes them from its typed list: an item of a ServiceList is a Service
 * (k8s.io/apimachinery pkg/apis/meta/v1/unstructured helpers.go, decodeToList).
 */
function withHead(item: JsonValue, list: JsonObject, kind: string): JsonValue {
  if (kind === 'List' || !isObject(item)) return item;
  if (Object.hasOwn(item, 'apiVersion') || Object.hasOwn(item, 'kind')) return item;
  const apiVersion = list.apiVersion ?? null;
  return { apiVersion, kind: kind.slice(0, -'List'.length), ...item };
}

interface Problem {
  readonly reason: InputErrorReason;
  /** The key that is wrong, or '' where it is missing. */
  readonly at: '' | 'apiVersion' | 'kind';
  readonly message: string;
}

function headProblem(object: JsonObject): Problem | undefined {
  const hasApiVersion = Object.hasOwn(object, 'apiVersion');
  const hasKind = Object.hasOwn(object, 'kind');
  if (!hasApiVersion && !hasKind) {
    return { reason: 'notAnObject', at: '', message: 'not a Kubernetes object: it has neither apiVersion nor kind' };
  }
  if (!hasKind) return notAResource('', 'no kind; a Kubernetes object says what it is, for example kind: Service');
  if (!hasApiVersion) {
    return notAResource(
      '',
      'no apiVersion; a Kubernetes object says its API, for example apiVersion: serving.knative.dev/v1',
    );
  }
  return stringProblem(object, 'kind') ?? stringProblem(object, 'apiVersion');
}

function stringProblem(object: JsonObject, key: 'apiVersion' | 'kind'): Problem | undefined {
  const value = object[key] ?? null;
  if (value === '') return notAResource(key, `${key} is empty; it must be a name`);
  if (typeof value === 'string') return undefined;
  return notAResource(key, `${key} is ${describe(value)}, and must be a string`);
}

function notAResource(at: Problem['at'], message: string): Problem {
  return { reason: 'notAResource', at, message };
}

function describe(value: JsonValue): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'a list';
  if (isObject(value)) return 'a mapping';
  if (typeof value !== 'string') return `the ${typeof value} ${value}`;
  return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}…` : value)}`;
}

function refuse(
  document: ReadDocument,
  path: string,
  reason: InputErrorReason,
  message: string,
  into: Resources,
): void {
  if (into.errors.length >= MAX_ERRORS) return;
  into.errors.push({ file: document.file, ...document.locate(path), reason, message });
}
