/** Builds a document's JSON value from js-yaml's events, and the table of its places, as go-yaml's decoder would. */
import {
  type AliasEvent,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import { isArray, isObject, type JsonObject, type JsonValue } from '../json.ts';
import { type Anchor, copy, isExcessive, setOwn } from './aliases.ts';
import { ReadFailure } from './inputError.ts';
import { MAX_ALIASED_NODES } from './limits.ts';
import type { NodeTableBuilder } from './nodeTable.ts';
import { keyText, plainScalar, plainValue, type Scalar } from './scalar.ts';
import { longTag, MERGE_TAG, taggedScalar } from './tags.ts';
import { isTemplateScalar, TEMPLATE_MESSAGE } from './template.ts';

/** A key that its mapping had before: of the two the later counts. Both are indexes in the document's table. */
export interface Duplicate {
  readonly mapping: number;
  readonly loser: number;
  readonly key: string;
}

export interface Composed {
  readonly value: JsonValue;
  readonly duplicates: readonly Duplicate[];
}

/** How many nodes the aliases of a file have stood for so far. */
export interface AliasBudget {
  used: number;
}

type MutableObject = { [key: string]: JsonValue };

/** A mapping's key as composed: where it stands, and what it is. */
interface Key {
  readonly offset: number;
  readonly text: string;
  readonly isMerge: boolean;
}

/**
 * @param text the text that the events' offsets refer to
 * @param base what to add to an offset to get the offset in the file
 * @throws ReadFailure (its offset is in the file)
 */
export function compose(
  events: readonly Event[],
  text: string,
  base: number,
  table: NodeTableBuilder,
  budget: AliasBudget,
): Composed {
  return new Composer(events, text, base, table, budget).document();
}

class Composer {
  readonly #events: readonly Event[];
  readonly #text: string;
  readonly #base: number;
  readonly #table: NodeTableBuilder;
  readonly #budget: AliasBudget;
  readonly #duplicates: Duplicate[] = [];
  readonly #hasBraces: boolean;
  #anchors: Map<string, Anchor> | undefined;
  #next = 1;
  /** Where the last node ended: an empty node has no place of its own in the events. */
  #end = 0;
  /** go-yaml's decodeCount and aliasCount. */
  #total = 1;
  #aliased = 0;

  constructor(events: readonly Event[], text: string, base: number, table: NodeTableBuilder, budget: AliasBudget) {
    this.#events = events;
    this.#text = text;
    this.#base = base;
    this.#table = table;
    this.#budget = budget;
    this.#hasBraces = text.includes('{{');
  }

  document(): Composed {
    const value = this.#node();
    return { value, duplicates: this.#duplicates };
  }

  #node(): JsonValue {
    const event = this.#take();
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.MAPPING:
        return this.#mapping(event);
      case EVENT_ID.SEQUENCE:
        return this.#sequence(event);
      case EVENT_ID.ALIAS:
        return this.#alias(event);
      default:
        throw new ReadFailure('syntax', 'a value is missing here', this.#base + this.#end);
    }
  }

  #take(): Event {
    const event = this.#events[this.#next];
    if (event === undefined) throw new ReadFailure('syntax', 'the document ends too early', this.#base + this.#end);
    this.#next++;
    return event;
  }

  #scalar(event: ScalarEvent): JsonValue {
    this.#total++;
    const offset = this.#base + this.#scalarStart(event);
    const node = this.#table.leaf(offset);
    const value = this.#scalarValue(event, offset);
    if (event.valueEnd !== -1) this.#end = event.valueEnd;
    if (event.anchorStart !== -1) {
      this.#anchor(event, { node, scalar: event, complete: { value, size: 1 } });
    }
    return value;
  }

  #scalarValue(event: ScalarEvent, offset: number): JsonValue {
    if (event.tagStart === -1) {
      const text = event.fast ? this.#text.slice(event.valueStart, event.valueEnd) : getScalarValue(this.#text, event);
      if (event.style !== SCALAR_STYLE.PLAIN) return text;
      if (this.#hasBraces && isTemplateScalar(text)) throw new ReadFailure('template', TEMPLATE_MESSAGE, offset);
      const value = plainValue(text);
      return typeof value === 'number' ? finite(value, text, offset) : value;
    }

    const value = this.#explicitScalar(event, offset);
    if (typeof value === 'bigint') return Number(value);
    return typeof value === 'number' ? finite(value, getScalarValue(this.#text, event), offset) : value;
  }

  /** A scalar's value with integers kept apart from floats, for keys and for tags. */
  #explicitScalar(event: ScalarEvent, offset: number): Scalar {
    const text = getScalarValue(this.#text, event);
    const tag = this.#tag(event);
    if (tag === '') return event.style === SCALAR_STYLE.PLAIN ? plainScalar(text) : text;

    const value = taggedScalar(tag, text);
    if (value === undefined) {
      const written = this.#text.slice(event.tagStart, event.tagEnd);
      throw new ReadFailure(
        'syntax',
        `"${shorten(text)}" is no ${written} value; drop the tag or quote a string`,
        offset,
      );
    }
    return value;
  }

  #tag(event: ScalarEvent): string {
    return event.tagStart === -1 ? '' : longTag(this.#text.slice(event.tagStart, event.tagEnd));
  }

  #mapping(event: MappingEvent): JsonObject {
    this.#total++;
    const before = this.#total;
    this.#end = event.start;
    const node = this.#table.open(this.#base + event.start);
    const anchor = this.#open(event, node);

    const object: MutableObject = {};
    let own: Set<string> | undefined;
    while (!this.#closes()) {
      const key = this.#key();
      if (key.isMerge) {
        own ??= new Set(Object.keys(object));
        this.#table.merge(key.offset);
        this.#merge(object, key.offset);
        continue;
      }

      const keyNode = this.#table.key(key.offset, key.text);
      const value = this.#node();
      // Nothing of that name, not even inherited: the usual case.
      if (own === undefined && object[key.text] === undefined) object[key.text] = value;
      else this.#set(object, own, node, keyNode, key.text, value);
    }

    this.#table.closeMapping(node);
    if (anchor !== undefined) anchor.complete = { value: object, size: this.#total - before + 1 };
    return object;
  }

  #set(
    object: MutableObject,
    own: Set<string> | undefined,
    mapping: number,
    keyNode: number,
    key: string,
    value: JsonValue,
  ): void {
    const isDuplicate = own === undefined ? Object.hasOwn(object, key) : own.has(key);
    if (isDuplicate) this.#duplicates.push({ mapping, loser: keyNode, key });
    own?.add(key);
    setOwn(object, key, value);
  }

  #key(): Key {
    const event = this.#take();
    if (event.type === EVENT_ID.SCALAR) return this.#scalarKey(event);
    if (event.type === EVENT_ID.ALIAS) return this.#aliasKey(event);
    const offset = this.#base + ('start' in event ? event.start : this.#end);
    throw new ReadFailure('syntax', 'a mapping or a list cannot be a key; write a string', offset);
  }

  #scalarKey(event: ScalarEvent): Key {
    const offset = this.#base + this.#scalarStart(event);
    if (event.valueEnd !== -1) this.#end = event.valueEnd;

    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    const text = event.fast ? this.#text.slice(event.valueStart, event.valueEnd) : getScalarValue(this.#text, event);
    if (text === '<<' && (event.tagStart === -1 ? isPlain : this.#tag(event) === MERGE_TAG)) {
      return { offset, text, isMerge: true };
    }
    this.#total++;
    const scalar = event.tagStart !== -1 ? this.#explicitScalar(event, offset) : isPlain ? plainScalar(text) : text;
    if (event.anchorStart !== -1) {
      const value = this.#scalarValue(event, offset);
      this.#anchor(event, { node: this.#table.next, scalar: event, complete: { value, size: 1 } });
    }
    return { offset, text: keyOf(scalar, offset), isMerge: false };
  }

  #aliasKey(event: AliasEvent): Key {
    const { anchor, offset, size } = this.#resolve(event);
    this.#charge(size, offset);
    if (anchor.scalar === undefined) {
      throw new ReadFailure('syntax', 'a mapping or a list cannot be a key; write a string', offset);
    }
    return { offset, text: keyOf(this.#explicitScalar(anchor.scalar, offset), offset), isMerge: false };
  }

  #sequence(event: SequenceEvent): JsonValue[] {
    this.#total++;
    const before = this.#total;
    this.#end = event.start;
    const node = this.#table.open(this.#base + event.start);
    const anchor = this.#open(event, node);

    const items: JsonValue[] = [];
    while (!this.#closes()) items.push(this.#node());

    this.#table.closeSequence(node);
    if (anchor !== undefined) anchor.complete = { value: items, size: this.#total - before + 1 };
    return items;
  }

  #closes(): boolean {
    if (this.#events[this.#next]?.type !== EVENT_ID.POP) return false;
    this.#next++;
    return true;
  }

  #alias(event: AliasEvent): JsonValue {
    const { anchor, value, size, offset } = this.#resolve(event);
    this.#charge(size, offset);
    this.#table.alias(offset, anchor.node);
    return copy(value);
  }

  #resolve(event: AliasEvent): { anchor: Anchor; value: JsonValue; size: number; offset: number } {
    const offset = this.#base + event.anchorStart - 1;
    this.#end = event.anchorEnd;
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    const anchor = this.#anchors?.get(name);
    if (anchor === undefined) {
      throw new ReadFailure(
        'syntax',
        `no anchor &${name} stands before the alias *${name}; quote a value that starts with *`,
        offset,
      );
    }
    if (anchor.complete === undefined) {
      throw new ReadFailure(
        'syntax',
        `the alias *${name} stands inside its own anchor; a value cannot contain itself`,
        offset,
      );
    }
    return { anchor, ...anchor.complete, offset };
  }

  /** Counts an alias as go-yaml does, before anything is copied. */
  #charge(size: number, offset: number): void {
    this.#total += 1 + size;
    this.#aliased += size;
    this.#budget.used += size;
    if (isExcessive(this.#aliased, this.#total) || this.#budget.used > MAX_ALIASED_NODES) {
      throw new ReadFailure('limit', 'the aliases unfold to far more than is written; write the values out', offset);
    }
  }

  #open(event: MappingEvent | SequenceEvent, node: number): Anchor | undefined {
    if (event.anchorStart === -1) return undefined;
    const anchor: Anchor = { node };
    this.#anchor(event, anchor);
    return anchor;
  }

  #anchor(event: ScalarEvent | MappingEvent | SequenceEvent, anchor: Anchor): void {
    this.#anchors ??= new Map();
    this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), anchor);
  }

  /** go-yaml lets a merge overwrite what stands before it in the mapping, and what stands after overwrite the merge. */
  #merge(object: MutableObject, offset: number): void {
    const event = this.#events[this.#next];
    const isList = event?.type === EVENT_ID.SEQUENCE;
    const merged = isList ? this.#mergeList(offset) : [this.#mergeSource(offset)];
    for (const source of merged) {
      for (const [key, value] of Object.entries(source)) {
        if (value !== undefined) setOwn(object, key, copy(value));
      }
    }
  }

  /** The last first: go-yaml goes through the list backwards, so that the first that has a key counts. */
  #mergeList(offset: number): JsonObject[] {
    const event = this.#take();
    const node = this.#table.open(offset);
    if (event.type === EVENT_ID.SEQUENCE) this.#open(event, node);
    const sources: JsonObject[] = [];
    while (!this.#closes()) sources.unshift(this.#mergeSource(offset));
    this.#table.closeSequence(node);
    return sources;
  }

  #mergeSource(offset: number): JsonObject {
    const value = this.#node();
    if (isObject(value) && !isArray(value)) return value;
    throw new ReadFailure('syntax', 'the merge key << takes a mapping or a list of mappings', offset);
  }

  /** Where a scalar begins to the reader's eye: at its quote or its `|`, not at the text inside. */
  #scalarStart(event: ScalarEvent): number {
    switch (event.style) {
      case SCALAR_STYLE.SINGLE_QUOTED:
      case SCALAR_STYLE.DOUBLE_QUOTED:
        return event.valueStart - 1;
      case SCALAR_STYLE.LITERAL_BLOCK:
      case SCALAR_STYLE.FOLDED_BLOCK:
        return this.#blockHeader(event);
      default:
        return event.valueStart === -1 ? this.#emptyStart(event) : event.valueStart;
    }
  }

  #blockHeader(event: ScalarEvent): number {
    const from = Math.max(this.#end, event.tagEnd, event.anchorEnd);
    const header = this.#text.indexOf(event.style === SCALAR_STYLE.LITERAL_BLOCK ? '|' : '>', from);
    return header === -1 || header > event.valueStart ? event.valueStart : header;
  }

  /** An empty value stands at its tag or anchor, else at the colon or dash that it is empty after. */
  #emptyStart(event: ScalarEvent): number {
    if (event.tagStart !== -1) return event.tagStart;
    if (event.anchorStart !== -1) return event.anchorStart - 1;

    const indicator = nextIndicator(this.#text, this.#end);
    const char = this.#text.charAt(indicator);
    if (char !== ':' && char !== '-') return this.#end;
    this.#end = indicator + 1;
    return indicator;
  }
}

function keyOf(scalar: Scalar, offset: number): string {
  const text = keyText(scalar);
  if (text !== undefined) return text;
  throw new ReadFailure(
    'syntax',
    scalar === null ? 'a key is empty; write a string' : `the key ${scalar} is too large for a number; quote it`,
    offset,
  );
}

function finite(value: number, source: string, offset: number): number {
  if (Number.isFinite(value)) return value;
  throw new ReadFailure(
    'notJson',
    `${source} is a number that JSON cannot hold; quote it if a string is meant`,
    offset,
  );
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}

/** The next character that is not white space, a comment, or what closes a quoted string or a collection. */
function nextIndicator(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '#') {
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd === -1) return text.length;
      at = lineEnd;
    } else if (!'\n\r\t "\'}]'.includes(char)) {
      break;
    }
  }
  return at;
}
