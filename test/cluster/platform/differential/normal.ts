/** Answers of two servers, such that equal ones are equal: what each server chooses by itself gets a common name. */
import { isArray, isObject, type JsonObject, type JsonValue, objectAt } from '../../../../src/kubernetes/json.ts';

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const ADDRESS = /^10\.\d+\.\d+\.\d+$/;
const GENERATED = /-[bcdfghjklmnpqrstvwxz2456789]{5}(?=$|")/g;
/** Each server's story has its own. */
const NAMESPACE = /\bstory-[0-9a-f]{8}\b/g;
const AGE = /^\d+s$/;
/** Keys whose value only the server knows. */
const REVISIONS = new Set(['resourceVersion', 'continue']);

/** Names by what they stand for, over all answers of one story, so that the same uid is the same everywhere. */
export class Names {
  readonly #known = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The URL of the server's own webhook. */
  readonly hook: string;

  constructor(hook = 'https://127.0.0.1:1') {
    this.hook = hook;
  }

  of(what: string, value: string): string {
    const key = `${what}:${value}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    const name = `<${what} ${count}>`;
    this.#known.set(key, name);
    return name;
  }
}

export function normal(value: JsonValue | undefined, names: Names, key = ''): JsonValue {
  if (value === undefined) return null;
  if (isArray(value)) {
    const items = value.map((item) => normal(item, names, key));
    // in the order of their times: whether two fall into one second is chance
    return key === 'managedFields' ? items.map((item) => JSON.stringify(item)).sort() : items;
  }
  if (isObject(value)) {
    if (isMoment(value)) return normal({ ...value, metadata: withoutRevision(value.metadata) }, names, key);
    const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
    return Object.fromEntries(
      entries.map(([name, member]) => [normalText(name, names, ''), normal(member, names, name)]),
    );
  }
  if (typeof value === 'string') return normalText(value, names, key);
  return key === 'age' || key === 'retryAfterSeconds' ? '<number>' : value;
}

/** A list or a bookmark says up to where it knows all writes, also those of controllers elsewhere. */
function isMoment({ items, rows, metadata }: JsonObject): boolean {
  const isListed = items !== undefined || rows !== undefined;
  const isBookmark = objectAt(metadata, 'annotations')?.['k8s.io/initial-events-end'] !== undefined;
  return (isListed || isBookmark) && objectAt(metadata)?.resourceVersion !== undefined;
}

function withoutRevision(metadata: JsonValue | undefined): JsonObject {
  const { resourceVersion: _, ...rest } = objectAt(metadata) ?? {};
  return rest;
}

function normalText(text: string, names: Names, key: string): string {
  if (REVISIONS.has(key) && text !== '' && text !== '0') return names.of('revision', text);
  if (ADDRESS.test(text)) return names.of('address', text);
  if (key === 'token') return '<token>';
  if (key === 'serverAddress') return '<address>';
  if (AGE.test(text)) return '<age>';
  return text
    .replace(UUID, (uid) => names.of('uid', uid))
    .replace(TIME, '<time>')
    .replace(GENERATED, '-<generated>')
    .replace(NAMESPACE, ':ns')
    .replaceAll(names.hook, '$hook')
    .replace(/(\\*"resourceVersion\\*":\\*")\d+/g, '$1<revision>')
    .replace(/\b(too old resource version: |resource version: )\d+(?: \(\d+\))?/g, '$1<revision>')
    .replace(/\b(in the precondition|in record) \(\d+\)/g, '$1 (<revision>)')
    .replace(/"?continue=[^&"]+/g, 'continue=<token>');
}
