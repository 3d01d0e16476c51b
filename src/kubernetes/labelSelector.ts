/**
 * Label selectors, with labels that are not known yet: a pod that only exists later has labels whose values its
 * controller will choose.
 *
 * Semantics: k8s.io/apimachinery pkg/apis/meta/v1/helpers.go (LabelSelectorAsSelector) and pkg/labels/selector.go
 * (Requirement.Matches): matchLabels and matchExpressions are all demanded, an empty selector selects everything,
 * `NotIn` and `DoesNotExist` hold where the key is missing.
 */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from './json.ts';

/** A value that somebody else chooses; `mayBe` says which ones are possible. */
export interface UnknownLabel {
  mayBe(value: string): boolean;
}

/** Labels by key. With `open`, there may be more than these. */
export interface Labels {
  readonly known: ReadonlyMap<string, string | UnknownLabel>;
  readonly open?: boolean;
}

export type Match = 'yes' | 'no' | 'maybe';

/** Labels as a manifest writes them. What is no text is left out, as the API server would refuse it. */
export function labelsFrom(value: JsonValue | undefined, open = false): Labels {
  const known = new Map<string, string>();
  if (isObject(value)) {
    for (const [key, label] of Object.entries(value)) {
      if (typeof label === 'string') known.set(key, label);
    }
  }
  return { known, open };
}

/** Whether the selector selects an object with the labels. A missing selector selects everything, as a NetworkPolicy's does. */
export function selects(selector: JsonValue | undefined, labels: Labels): Match {
  if (!isObject(selector)) return 'yes';

  let result: Match = 'yes';
  const wanted = objectAt(selector, 'matchLabels');
  if (wanted !== undefined) {
    for (const [key, value] of Object.entries(wanted)) {
      if (typeof value === 'string') result = both(result, isOneOf(labels, key, [value]));
      if (result === 'no') return 'no';
    }
  }
  for (const expression of arrayAt(selector, 'matchExpressions')) {
    result = both(result, meets(labels, expression));
    if (result === 'no') return 'no';
  }
  return result;
}

/** True where the selector demands nothing. */
export function selectsEverything(selector: JsonValue | undefined): boolean {
  if (!isObject(selector)) return true;
  const wanted = objectAt(selector, 'matchLabels');
  return (
    (wanted === undefined || Object.keys(wanted).length === 0) && arrayAt(selector, 'matchExpressions').length === 0
  );
}

/** The keys that the selector speaks of. */
export function selectorKeys(selector: JsonObject | undefined): string[] {
  const keys = Object.keys(objectAt(selector, 'matchLabels') ?? {});
  for (const expression of arrayAt(selector, 'matchExpressions')) {
    const key = stringAt(expression, 'key');
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

function meets(labels: Labels, expression: JsonValue): Match {
  const key = stringAt(expression, 'key');
  if (key === undefined) return 'no';
  const values = arrayAt(expression, 'values').filter((value) => typeof value === 'string');

  switch (stringAt(expression, 'operator')) {
    case 'In':
      return isOneOf(labels, key, values);
    case 'NotIn':
      return not(isOneOf(labels, key, values));
    case 'Exists':
      return exists(labels, key);
    case 'DoesNotExist':
      return not(exists(labels, key));
    default:
      return 'no'; // the API server refuses any other operator
  }
}

function exists(labels: Labels, key: string): Match {
  if (labels.known.has(key)) return 'yes';
  return labels.open === true ? 'maybe' : 'no';
}

function isOneOf(labels: Labels, key: string, values: readonly string[]): Match {
  const label = labels.known.get(key);
  if (label === undefined) return labels.open === true ? 'maybe' : 'no';
  if (typeof label === 'string') return values.includes(label) ? 'yes' : 'no';
  return values.some((value) => label.mayBe(value)) ? 'maybe' : 'no';
}

function not(match: Match): Match {
  if (match === 'maybe') return 'maybe';
  return match === 'yes' ? 'no' : 'yes';
}

function both(left: Match, right: Match): Match {
  if (left === 'no' || right === 'no') return 'no';
  return left === 'yes' && right === 'yes' ? 'yes' : 'maybe';
}

/** The better of two ways to match: one `yes` is enough. */
export function either(left: Match, right: Match): Match {
  if (left === 'yes' || right === 'yes') return 'yes';
  return left === 'no' && right === 'no' ? 'no' : 'maybe';
}

/** One of `matchExpressions` as `kubectl get -l` takes it: `a in (b,c)`, `!d`. */
export function expressionText(expression: JsonValue): string {
  const key = stringAt(expression, 'key') ?? '';
  const values = arrayAt(expression, 'values').map(String).sort().join(',');
  switch (stringAt(expression, 'operator')) {
    case 'In':
      return `${key} in (${values})`;
    case 'NotIn':
      return `${key} notin (${values})`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}
