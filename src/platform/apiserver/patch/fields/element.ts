/**
 * One step from a list or object to what it holds, as managedFields write it
 * (sigs.k8s.io/structured-merge-diff/v6 fieldpath/element.go, serialize-pe.go).
 */
import { isArray, isObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { compareText, compareValues } from './order.ts';

export type PathElement =
  | { readonly text: string; readonly kind: 'field'; readonly name: string }
  | { readonly text: string; readonly kind: 'key'; readonly fields: readonly KeyField[] }
  | { readonly text: string; readonly kind: 'value'; readonly value: JsonValue }
  | { readonly text: string; readonly kind: 'index'; readonly index: number };

/** A member by which an item of a list is known. */
export type KeyField = readonly [name: string, value: JsonValue];

/** `f:replicas`; `text` is what managedFields write and what two equal elements share. */
export function fieldElement(name: string): PathElement {
  return { text: `f:${name}`, kind: 'field', name };
}

/** `k:{"name":"web"}` @param fields in any order */
export function keyElement(fields: readonly KeyField[]): PathElement {
  const sorted = [...fields].sort(([left], [right]) => compareText(left, right));
  const members = sorted.map(([name, value]) => `${written(name)}:${written(value)}`);
  return { text: `k:{${members.join(',')}}`, kind: 'key', fields: sorted };
}

/** `v:"a"` */
export function valueElement(value: JsonValue): PathElement {
  return { text: `v:${written(value)}`, kind: 'value', value };
}

export function indexElement(index: number): PathElement {
  return { text: `i:${index}`, kind: 'index', index };
}

/**
 * Reads an element as managedFields write it; undefined for a kind that is not known, which is passed over.
 *
 * @throws where the text is none
 */
export function readElement(text: string): PathElement | undefined {
  if (text.length < 2) throw new Error('key must be 2 characters long:');
  if (text[1] !== ':') throw new Error(`missing colon: ${text}`);
  const rest = text.slice(2);
  switch (text[0]) {
    case 'f':
      return fieldElement(rest);
    case 'v':
      return valueElement(parse(rest));
    case 'k': {
      const fields = parse(rest);
      if (!isObject(fields)) throw new Error(`no key of a list item: ${text}`);
      return keyElement(Object.keys(fields).map((name) => [name, fields[name] ?? null]));
    }
    case 'i': {
      if (!/^[+-]?[0-9]{1,9}$/.test(rest)) throw new Error(`no index: ${text}`);
      return indexElement(Number(rest));
    }
    default:
      return undefined;
  }
}

/** As conflicts and errors name it: `.spec`, `[name="web"]`, `[="a"]`, `[0]`. */
export function titleOf(element: PathElement): string {
  switch (element.kind) {
    case 'field':
      return `.${element.name}`;
    case 'key':
      return `[${element.fields.map(([name, value]) => `${name}=${quoted(value)}`).join(',')}]`;
    case 'value':
      return `[=${quoted(element.value)}]`;
    case 'index':
      return `[${element.index}]`;
  }
}

const RANK = { field: 0, key: 1, value: 2, index: 3 } as const;

/** The order in which managedFields and conflicts list them. */
export function compareElements(left: PathElement, right: PathElement): number {
  if (left.kind === 'field' && right.kind === 'field') return compareText(left.name, right.name);
  if (left.kind === 'key' && right.kind === 'key') return compareKeys(left.fields, right.fields);
  if (left.kind === 'value' && right.kind === 'value') return compareValues(left.value, right.value);
  if (left.kind === 'index' && right.kind === 'index') return left.index - right.index;
  return RANK[left.kind] - RANK[right.kind];
}

function compareKeys(left: readonly KeyField[], right: readonly KeyField[]): number {
  for (const [index, [name, value]] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order = compareText(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function parse(text: string): JsonValue {
  return JSON.parse(text);
}

const ESCAPED: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON as Go writes it: keys sorted, and what HTML could take for its own escaped. */
function written(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(written).join(',')}]`;
  if (isObject(value)) {
    const members = Object.keys(value).sort(compareText);
    return `{${members.map((name) => `${written(name)}:${written(value[name] ?? null)}`).join(',')}}`;
  }
  const text = JSON.stringify(value);
  return typeof value === 'string' ? text.replace(/[<>&\u2028\u2029]/g, (found) => ESCAPED[found] ?? found) : text;
}

function quoted(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(quoted).join(',')}]`;
  if (isObject(value)) {
    return Object.keys(value)
      .map((name) => `${name}=${quoted(value[name] ?? null)}`)
      .join('');
  }
  return JSON.stringify(value);
}
