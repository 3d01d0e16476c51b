/** A story that is told to both API servers, request by request, in a namespace of its own. */
import { arrayAt, isArray, isObject, type JsonValue, stringAt } from '../../../../src/kubernetes/json.ts';

export interface Step {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `:ns` is the story's namespace; `$rv(n)` and `$uid(n)` are those of the object that step n was answered with. */
  readonly path: string;
  /** JSON, or a text that is sent as it is. The same names are filled in. */
  readonly body?: JsonValue;
  readonly text?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asked again until it is answered with this code, or so: what controllers do, and what a watch brings, takes a moment. */
  readonly until?: number | ((answer: Answer) => boolean);
  /** Why the answers differ: stands in docs/platform.md, too. Where they are equal, the suite fails. */
  readonly differs?: string;
  /** The parts of the answer that count, where the rest is another matter. */
  readonly only?: (body: JsonValue) => JsonValue;
}

/** What came back, and how. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly warnings: readonly string[];
  readonly body: JsonValue;
}

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

export const CONFIG_MAPS = '/api/v1/namespaces/:ns/configmaps';
export const MERGE = 'application/merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';
export const APPLY = 'application/apply-patch+yaml';

export function get(path: string, more: Partial<Step> = {}): Step {
  return { method: 'GET', path, ...more };
}

export function post(path: string, body: JsonValue, more: Partial<Step> = {}): Step {
  return { method: 'POST', path, body, ...more };
}

export function put(path: string, body: JsonValue, more: Partial<Step> = {}): Step {
  return { method: 'PUT', path, body, ...more };
}

export function patch(path: string, type: string, body: JsonValue, more: Partial<Step> = {}): Step {
  return { method: 'PATCH', path, type, body, ...more };
}

export function remove(path: string, body?: JsonValue, more: Partial<Step> = {}): Step {
  return { method: 'DELETE', path, ...(body !== undefined && { body }), ...more };
}

export function configMap(name: string, data: JsonValue = { mode: 'a' }, metadata: object = {}): JsonValue {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

/** The names of a list's items, which are what a selector decides; anything else as it is. */
export function namesOrStatus(body: JsonValue): JsonValue {
  if (!isObject(body) || !isArray(body.items)) return body;
  // each namespace has this one, which a controller makes at its own time
  return body.items
    .map((item) => stringAt(item, 'metadata', 'name') ?? '')
    .filter((name) => name !== 'kube-root-ca.crt');
}

export function withoutItems(body: JsonValue): JsonValue {
  if (!isObject(body)) return body;
  const { items: _, metadata: __, ...rest } = body;
  return rest as JsonValue;
}

/** Columns and cells of a Table, without the rows' objects; anything else as it is. */
export function cells(body: JsonValue): JsonValue {
  if (!isObject(body) || body.kind !== 'Table') return body;
  return {
    columns: arrayAt(body, 'columnDefinitions'),
    rows: arrayAt(body, 'rows').map((row) => arrayAt(row, 'cells')),
  };
}
