/** Whether a value has its type (sigs.k8s.io/structured-merge-diff/v6 typed/validate.go), with upstream's sentences. */
import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { fieldElement, indexElement, type PathElement, titleOf } from '../fields/element.ts';
import { pathTitle } from '../fields/set.ts';
import { goSyntax, goValue } from './goText.ts';
import { itemElement } from './listItem.ts';
import { type ListType, type MapType, memberType, type Scalar, shapeOf, type Type } from './type.ts';

/** @returns what is wrong, each with its path: `.spec.foo: field not declared in schema` */
export function violations(type: Type, value: JsonValue, allowsDuplicates: boolean): string[] {
  const found: string[] = [];
  walk(type, value, { path: [], allowsDuplicates, found, most: Number.POSITIVE_INFINITY });
  return found;
}

/** For those who tell no more of it: an object may hold a hundred thousand. */
export function firstViolation(type: Type, value: JsonValue, allowsDuplicates: boolean): string | undefined {
  const found: string[] = [];
  walk(type, value, { path: [], allowsDuplicates, found, most: 1 });
  return found[0];
}

/** As Go's ValidationErrors print themselves. */
export function violationsText(found: readonly string[]): string {
  return found.length === 1 ? (found[0] ?? '') : ['errors:', ...found.map((each) => `  ${each}`)].join('\n');
}

interface Walk {
  /** The way to where the walk is: it is told only where something is wrong. */
  readonly path: PathElement[];
  readonly allowsDuplicates: boolean;
  readonly found: string[];
  /** How many are looked for. */
  readonly most: number;
}

function walk(type: Type, value: JsonValue, at: Walk): void {
  const { shape } = shapeOf(type, value);
  if (shape === 'map' && type.map !== undefined) inMap(type.map, value, at);
  else if (shape === 'list' && type.list !== undefined) inList(type.list, value, at);
  else if (type.scalar !== undefined) {
    const wrong = scalarViolation(type.scalar, value);
    if (wrong !== undefined) report(at, wrong);
  }
}

function inMap(map: MapType, value: JsonValue, at: Walk): void {
  if (value === null) return;
  if (isObject(value)) members(map, value, at);
  else report(at, `expected map, got ${goValue(value)}`);
}

function members(map: MapType, object: JsonObject, at: Walk): void {
  for (const name of Object.keys(object)) {
    const type = memberType(map, name);
    at.path.push(fieldElement(name));
    if (type === undefined) report(at, 'field not declared in schema');
    else walk(type, object[name] ?? null, at);
    at.path.pop();
    // upstream goes no further in this object: the others may be told once this one is right
    if (type === undefined || at.found.length >= at.most) return;
  }
}

function inList(list: ListType, value: JsonValue, at: Walk): void {
  if (value === null) return;
  if (isArray(value)) items(list, value, at);
  else report(at, `expected list, got ${goValue(value)}`);
}

function items(list: ListType, value: JsonArray, at: Walk): void {
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const element = list.isAtomic ? indexElement(index) : placeOf(list, item, index, at);
    if (element === undefined) return;
    if (!at.allowsDuplicates && seen.has(element.text)) report(at, `duplicate entries for key ${titleOf(element)}`);
    seen.add(element.text);
    at.path.push(element);
    walk(list.items(), item, at);
    at.path.pop();
    if (at.found.length >= at.most) return;
  }
}

function placeOf(list: ListType, item: JsonValue, index: number, at: Walk): PathElement | undefined {
  try {
    return itemElement(list, item);
  } catch (error) {
    report(at, `element ${index}: ${error instanceof Error ? error.message : ''}`);
    return undefined;
  }
}

function scalarViolation(scalar: Scalar, value: JsonValue): string | undefined {
  if (value === null) return undefined;
  switch (scalar) {
    case 'numeric':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got ${goSyntax(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${goValue(value)}`;
    case 'untyped':
      return isArray(value) || isObject(value) ? `expected any scalar, got ${goValue(value)}` : undefined;
  }
}

function goType(value: JsonValue): string {
  if (isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

function report({ path, found }: Walk, sentence: string): void {
  found.push(path.length === 0 ? sentence : `${pathTitle(path)}: ${sentence}`);
}
