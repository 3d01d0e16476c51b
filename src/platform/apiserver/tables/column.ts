/** How one kind is printed, and the steps that many share: k8s.io/kubernetes pkg/printers/internalversion/printers.go. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../../kubernetes/json.ts';
import { expressionText } from '../../../kubernetes/labelSelector.ts';
import { since } from './duration.ts';

export interface Column {
  readonly name: string;
  /** `string` unless said. */
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  /** 1: with `-o wide` alone. */
  readonly priority?: number;
}

export interface Printer {
  readonly columns: readonly Column[];
  cells(object: JsonObject, now: Date): JsonValue[];
  /** `Completed`, which kubectl leaves out on demand. */
  conditions?(object: JsonObject): JsonObject[];
}

export const NAME: Column = { name: 'Name', format: 'name' };
export const AGE: Column = { name: 'Age' };
export const CONTAINERS: readonly Column[] = [wide('Containers'), wide('Images')];
export const SELECTED: readonly Column[] = [...CONTAINERS, wide('Selector')];

export function text(name: string): Column {
  return { name };
}

export function integer(name: string): Column {
  return { name, type: 'integer' };
}

export function wide(name: string): Column {
  return { name, priority: 1 };
}

export function ageOf(object: JsonObject, now: Date): string {
  return since(stringAt(object, 'metadata', 'creationTimestamp'), now);
}

/** A number of the status or the spec; what is not there is none. */
export function count(object: JsonObject, ...path: readonly string[]): number {
  return numberAt(object, ...path) ?? 0;
}

export function textAt(object: JsonObject, ...path: readonly string[]): string {
  return stringAt(object, ...path) ?? '';
}

/** The names and the images of the containers of a pod template. */
export function containersOf(template: JsonObject | undefined): [names: string, images: string] {
  const containers = arrayAt(template, 'spec', 'containers').filter(isObject);
  const all = (field: string) => containers.map((container) => stringAt(container, field) ?? '').join(',');
  return [all('name'), all('image')];
}

/** `a=b,c=d`, or `<none>`. */
export function labels(values: JsonObject | undefined): string {
  const pairs = Object.entries(values ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

/** A label selector as text: `a=b,c in (d,e),!f`. */
export function selectorText(selector: JsonObject | undefined): string {
  const requirements: [key: string, text: string][] = [];
  for (const [key, value] of Object.entries(objectAt(selector, 'matchLabels') ?? {})) {
    requirements.push([key, `${key}=${String(value)}`]);
  }
  for (const expression of arrayAt(selector, 'matchExpressions').filter(isObject)) {
    const key = stringAt(expression, 'key') ?? '';
    requirements.push([key, expressionText(expression)]);
  }
  requirements.sort(([left], [right]) => (left < right ? -1 : Number(left > right)));
  return requirements.map(([, requirement]) => requirement).join(',');
}

/** As FormatLabelSelector: nothing is demanded by `<none>`. */
export function selectorOrNone(selector: JsonObject | undefined): string {
  return selectorText(selector) || '<none>';
}

/** At most so many, and how many more there are. */
export function shortened(list: readonly string[], most: number, total = list.length): string {
  const shown = list.slice(0, most).join(',');
  return list.length > most ? `${shown} + ${total - most} more...` : shown;
}
