/** Builds a document's JSON value from js-yaml's events, and the table of its places, as go-yaml's decoder would. */
import {
  type AliasEvent,
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import { isArray, isObject, type JsonObject, type JsonValue, setOwn } from '../json.ts';
import { Aliases, type Anchor, copy } from './aliases.ts';
import { ReadFailure } from './inputError.ts';
import { MAX_DUPLICATES, type ReadingBudget } from './limits.ts';
import type { NodeTableBuilder } from './nodeTable.ts';
import { checkFlowKey, checkKey, checkNestedMapping, checkTag } from './refusals.ts';
import { plainScalar } from './scalar.ts';
import { nameOfKey, ScalarReader } from './scalarReader.ts';
import { scalarStart } from './scalarStart.ts';

/** A key that its mapping had before: the later counts. Both are indexes in the document's table. */
export interface Duplicate {
  readonly mapping: number;
  readonly winner: number;
}

export interface Composed {
  readonly value: JsonValue;
  readonly duplicates: readonly Duplicate[];
}

type MutableObject = { [key: string]: JsonValue };

/** A mapping's key: where it stands, and what it is. */
interface Key {
  readonly offset: number;
  readonly text: string;
  readonly isMerge: boolean;
}

/**
 * The value of the first document in the events. Offsets, in the table and in failures, are those of the text.
 *
 * @throws ReadFailure
 */
export function compose(
  events: readonly Event[],
  text: string,
  table: NodeTableBuilder,
  budget: ReadingBudget,
): Composed {
  return new Composer(events, text, table, budget).document();
}

class Composer {
  readonly #events: readonly Event[];
  readonly #text: string;
  readonly #table: NodeTableBuilder;
  readonly #aliases: Aliases;
  readonly #scalars: ScalarReader;
  readonly #duplicates: Duplicate[] = [];
  /** The next event; the first opens the document. */
  #next = 1;
  /** Where the last node ended. */
  #end = 0;
  /** Whether the collection that is being read stands in brackets or braces. */
  #isFlow = false;

  constructor(events: readonly Event[], text: string, table: NodeTableBuilder, budget: ReadingBudget) {
    this.#events = events;
    this.#text = text;
    this.#table = table;
    this.#aliases = new Aliases(text, budget);
    this.#scalars = new ScalarReader(text);
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
        throw new ReadFailure('syntax', 'a value is missing here', this.#end);
    }
  }

  #take(): Event {
    const event = this.#events[this.#next];
    if (event === undefined) throw new ReadFailure('syntax', 'the document ends too early', this.#end);
    this.#next++;
    return event;
  }

  #scalar(event: ScalarEvent): JsonValue {
    this.#aliases.total++;
    const start = this.#start(event);
    const node = this.#table.leaf(start);
    const value = this.#scalars.value(event, start, this.#isFlow);
    if (event.anchorStart !== -1) {
      this.#aliases.define(event, { node, scalar: event, complete: { value, size: 1 } });
    }
    return value;
  }

  /** Where a scalar begins, and on to its end. */
  #start(event: ScalarEvent): number {
    const start = scalarStart(this.#text, event, this.#end);
    if (event.valueEnd !== -1) this.#end = event.valueEnd;
    else if (event.tagStart !== -1 || event.anchorStart !== -1) this.#end = Math.max(event.tagEnd, event.anchorEnd);
    else if (this.#text.charAt(start) === ':' || this.#text.charAt(start) === '-') this.#end = start + 1;
    return start;
  }

  #mapping(event: MappingEvent): JsonObject {
    const before = this.#aliases.total++;
    const isOuterFlow = this.#enter(event);
    const node = this.#table.open(event.start);
    const anchor: Anchor | undefined = event.anchorStart === -1 ? undefined : { node };
    if (anchor !== undefined) this.#aliases.define(event, anchor);

    const object = this.#entries(node);

    this.#table.closeMapping(node);
    this.#isFlow = isOuterFlow;
    if (anchor !== undefined) anchor.complete = { value: object, size: this.#aliases.total - before };
    return object;
  }

  #enter(event: MappingEvent | SequenceEvent): boolean {
    if (event.tagStart !== -1) checkTag(this.#text, event.tagStart, event.tagEnd);
    const isOuterFlow = this.#isFlow;
    this.#isFlow = event.style === COLLECTION_STYLE.FLOW;
    this.#end = event.start;
    return isOuterFlow;
  }

  #entries(mapping: number): JsonObject {
    const object: MutableObject = {};
    /** The mapping's own keys, once a merge has added others. */
    let own: Set<string> | undefined;
    while (!this.#closes()) {
      const { offset, text, isMerge } = this.#key();
      if (isMerge) {
        own ??= new Set(Object.keys(object));
        this.#table.merge(offset);
        this.#merge(object, offset);
        continue;
      }

      const key = this.#table.key(offset, text);
      const value = this.#entryValue();
      // Nothing has that name, not even an inherited property: the usual case.
      if (own === undefined && object[text] === undefined) {
        object[text] = value;
        continue;
      }
      const isDuplicate = own === undefined ? Object.hasOwn(object, text) : own.has(text);
      if (isDuplicate && this.#duplicates.length < MAX_DUPLICATES) this.#duplicates.push({ mapping, winner: key });
      own?.add(text);
      setOwn(object, text, value);
    }
    return object;
  }

  #entryValue(): JsonValue {
    const event = this.#events[this.#next];
    if (event?.type === EVENT_ID.MAPPING && !this.#isFlow) checkNestedMapping(this.#text, this.#end, event);
    return this.#node();
  }

  #key(): Key {
    const event = this.#take();
    if (event.type === EVENT_ID.SCALAR) return this.#scalarKey(event);
    if (event.type === EVENT_ID.ALIAS) return this.#aliasKey(event);
    throw new ReadFailure('syntax', NO_KEY, 'start' in event ? event.start : this.#end);
  }

  #scalarKey(event: ScalarEvent): Key {
    const offset = this.#start(event);
    checkKey(this.#text, event);
    if (this.#isFlow) checkFlowKey(this.#text, event);
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    const text = this.#scalars.text(event, this.#isFlow);
    if (text === '<<' && this.#scalars.isMerge(event)) return { offset, text, isMerge: true };

    this.#aliases.total++;
    const scalar =
      event.tagStart !== -1 ? this.#scalars.exact(event, offset, this.#isFlow) : isPlain ? plainScalar(text) : text;
    if (event.anchorStart !== -1) {
      const value = this.#scalars.value(event, offset, this.#isFlow);
      this.#aliases.define(event, { node: this.#table.next, scalar: event, complete: { value, size: 1 } });
    }
    return { offset, text: nameOfKey(scalar, offset), isMerge: false };
  }

  #aliasKey(event: AliasEvent): Key {
    const offset = event.anchorStart - 1;
    this.#end = event.anchorEnd;
    const { scalar } = this.#aliases.resolve(event).anchor;
    if (scalar === undefined) throw new ReadFailure('syntax', NO_KEY, offset);
    return { offset, text: nameOfKey(this.#scalars.exact(scalar, offset, this.#isFlow), offset), isMerge: false };
  }

  #sequence(event: SequenceEvent): JsonValue[] {
    const before = this.#aliases.total++;
    const isOuterFlow = this.#enter(event);
    const node = this.#table.open(event.start);
    const anchor: Anchor | undefined = event.anchorStart === -1 ? undefined : { node };
    if (anchor !== undefined) this.#aliases.define(event, anchor);

    const items: JsonValue[] = [];
    while (!this.#closes()) items.push(this.#node());

    this.#table.closeSequence(node);
    this.#isFlow = isOuterFlow;
    if (anchor !== undefined) anchor.complete = { value: items, size: this.#aliases.total - before };
    return items;
  }

  #closes(): boolean {
    if (this.#events[this.#next]?.type !== EVENT_ID.POP) return false;
    this.#next++;
    return true;
  }

  #alias(event: AliasEvent): JsonValue {
    const { anchor, value } = this.#aliases.resolve(event);
    this.#end = event.anchorEnd;
    this.#table.alias(event.anchorStart - 1, anchor.node);
    return copy(value);
  }

  /**
   * go-yaml lets a merge overwrite what stands before it in the mapping, and what stands after overwrite the merge. Of
   * a list the first mapping that has a key counts, so it is gone through backwards.
   */
  #merge(object: MutableObject, offset: number): void {
    const isList = this.#events[this.#next]?.type === EVENT_ID.SEQUENCE;
    const value = this.#node();
    const sources = isList && isArray(value) ? value.toReversed() : [value];
    for (const source of sources) {
      if (!isObject(source)) {
        throw new ReadFailure('syntax', 'the merge key << takes a mapping or a list of mappings', offset);
      }
      for (const [key, merged] of Object.entries(source)) {
        if (merged !== undefined) setOwn(object, key, copy(merged));
      }
    }
  }
}

const NO_KEY = 'a mapping or a list cannot be a key; write a string';
