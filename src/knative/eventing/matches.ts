/**
 * Whether an event passes a Trigger's filters, as Knative's broker decides (knative/eventing
 * pkg/broker/filter/filter_handler.go, pkg/eventfilter): `filters` where there are any, else `filter`, else every event.
 *
 * A part of a filter can hold no opinion: one that is empty, or that Knative leaves out since it cannot be read. What
 * comes of all of them is then the opinion of the last.
 */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt } from '../../kubernetes/json.ts';
import { type Attributes, compileCesql } from './cesql/compile.ts';
import { parseCesql } from './cesql/parse.ts';
import { MOST_CHARACTERS } from './filterShape.ts';

export type Matches = (event: Attributes) => boolean;

/** What an event is told: true and false, or undefined for no opinion. */
type Part = (event: Attributes) => boolean | undefined;

/**
 * @returns for an event whose attributes are named in lower case, `time` in the form of canonicalTime
 * @example
 * matchesOf(trigger)(new Map([['type', 'order.placed'], ...]));
 */
export function matchesOf(trigger: JsonObject): Matches {
  const filters = arrayAt(trigger, 'spec', 'filters');
  if (filters.length > 0) {
    const part = all(partsOf(filters));
    return (event) => part(event) !== false;
  }
  const attributes = objectAt(trigger, 'spec', 'filter', 'attributes');
  return attributes === undefined ? () => true : attributesMatch(attributes);
}

/** An empty value stands for any but an empty one. Types count: a structured event's `true` is no text. */
function attributesMatch(attributes: JsonObject): Matches {
  const wanted = Object.entries(attributes);
  return (event) =>
    wanted.every(([name, value]) => {
      const found = lookUp(event, name);
      if (found === undefined) return false;
      return value === '' ? found !== '' : found === value;
    });
}

function partsOf(filters: readonly JsonValue[]): Part[] {
  return filters.map(partOf).filter((part) => part !== undefined);
}

/** Of several dialects the first counts; the webhook lets in no more than one. */
function partOf(filter: JsonValue): Part | undefined {
  for (const [dialect, isMet] of COMPARISONS) {
    const attributes = objectAt(filter, dialect);
    if (attributes !== undefined && Object.keys(attributes).length > 0) return comparison(attributes, isMet);
  }
  const allOf = arrayAt(filter, 'all');
  if (allOf.length > 0) return all(partsOf(allOf));
  const anyOf = arrayAt(filter, 'any');
  if (anyOf.length > 0) return any(partsOf(anyOf));
  if (!isObject(filter)) return undefined;
  if (isObject(filter.not)) return not(partOf(filter.not));
  return typeof filter.cesql === 'string' ? expression(filter.cesql) : undefined;
}

const COMPARISONS: readonly (readonly [dialect: string, isMet: (found: string, wanted: string) => boolean])[] = [
  ['exact', (found, wanted) => found === wanted],
  ['prefix', (found, wanted) => found.startsWith(wanted)],
  ['suffix', (found, wanted) => found.endsWith(wanted)],
];

/** Undefined where a name or a value is empty, which Knative leaves out. */
function comparison(attributes: JsonObject, isMet: (found: string, wanted: string) => boolean): Part | undefined {
  const wanted = Object.entries(attributes);
  if (wanted.some(([name, value]) => name === '' || value === '')) return undefined;
  return (event) =>
    wanted.every(([name, value]) => {
      const found = lookUp(event, name);
      return found !== undefined && isMet(String(found), String(value));
    });
}

function all(parts: readonly Part[]): Part {
  return decidedBy(false, parts);
}

function any(parts: readonly Part[]): Part {
  return decidedBy(true, parts);
}

/** The first part of that opinion ends the matter. */
function decidedBy(opinion: boolean, parts: readonly Part[]): Part {
  return (event) => {
    let last: boolean | undefined;
    for (const part of parts) {
      last = part(event);
      if (last === opinion) return last;
    }
    return last;
  };
}

function not(part: Part | undefined): Part {
  return (event) => {
    const opinion = part?.(event);
    return opinion === undefined ? undefined : !opinion;
  };
}

/** What Weir's parser refuses for its length is taken for what cannot be read; Weir's own rules warn of it. */
function expression(text: string): Part | undefined {
  if (text === '' || text.length > MOST_CHARACTERS) return undefined;
  const parsed = parseCesql(text);
  if (!parsed.ok) return undefined;
  const evaluate = compileCesql(parsed.expression);
  return (event) => {
    const { value, failure } = evaluate(event);
    return failure === undefined && value === true;
  };
}

/** What Go's zero time reads as: the time of an event that has none. */
const NO_TIME = '0001-01-01T00:00:00Z';

/** Optional attributes are there for filters, and empty, where an event has none (attributes.LookupAttribute). */
function lookUp(event: Attributes, name: string): string | number | boolean | undefined {
  switch (name) {
    case 'specversion':
    case 'type':
    case 'source':
    case 'id':
    case 'subject':
    case 'dataschema':
    case 'datacontenttype':
      return event.get(name) ?? '';
    case 'time':
      return event.get('time') ?? NO_TIME;
    case 'schemaurl':
      return event.get('dataschema') ?? '';
    case 'datamediatype':
      return mediaType(String(event.get('datacontenttype') ?? ''));
    case 'datacontentencoding':
      return '';
    default:
      return event.get(name);
  }
}

function mediaType(contentType: string): string {
  const end = contentType.indexOf(';');
  return end < 0 ? contentType : contentType.slice(0, end).trim();
}
