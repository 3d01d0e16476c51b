/** The anchors of one document, what their aliases stand for, and the bound on what those may unfold to. */
import type { AliasEvent, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';
import { isArray, type JsonValue, setOwn } from '../json.ts';
import { ReadFailure } from './inputError.ts';
import type { ReadingBudget } from './limits.ts';
import { checkAnchor } from './refusals.ts';

export interface Anchor {
  /** The node's index in the table. */
  readonly node: number;
  /** Set where the anchor is on a scalar, which may come back as a key. */
  readonly scalar?: ScalarEvent;
  /** Undefined until the node is complete: an alias inside its own anchor. */
  complete?: { readonly value: JsonValue; readonly size: number };
}

export interface Resolved {
  readonly anchor: Anchor;
  readonly value: JsonValue;
}

export class Aliases {
  readonly #text: string;
  readonly #budget: ReadingBudget;
  readonly #anchors = new Map<string, Anchor>();
  /** Nodes so far, those that aliases stand for included; the document is one. go-yaml's decodeCount and aliasCount. */
  total = 1;
  #aliased = 0;

  constructor(text: string, budget: ReadingBudget) {
    this.#text = text;
    this.#budget = budget;
  }

  /** An anchor may be defined again; an alias means the last one before it. */
  define(event: ScalarEvent | MappingEvent | SequenceEvent, anchor: Anchor): void {
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    checkAnchor(this.#text, event.anchorStart, event.anchorEnd);
    this.#anchors.set(name, anchor);
  }

  /**
   * What an alias stands for, counted as go-yaml counts it, before anything is copied.
   *
   * @throws ReadFailure
   */
  resolve(event: AliasEvent): Resolved {
    const offset = event.anchorStart - 1;
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) {
      const message = `no anchor &${name} stands before the alias *${name}; quote a value that starts with *`;
      throw new ReadFailure('syntax', message, offset);
    }
    if (anchor.complete === undefined) {
      const message = `the alias *${name} stands inside its own anchor; a value cannot contain itself`;
      throw new ReadFailure('syntax', message, offset);
    }
    this.#charge(anchor.complete.size, offset);
    return { anchor, value: anchor.complete.value };
  }

  #charge(size: number, offset: number): void {
    this.total += 1 + size;
    this.#aliased += size;
    this.#budget.aliasedNodes -= size;
    if (isExcessive(this.#aliased, this.total) || this.#budget.aliasedNodes < 0) {
      throw new ReadFailure('limit', 'the aliases unfold to far more than is written; write the values out', offset);
    }
  }
}

const RATIO_LOW = 400_000;
const RATIO_HIGH = 4_000_000;

/**
 * Whether so many nodes by way of aliases, among so many nodes in all, are too many: go-yaml's own rule
 * (go.yaml.in/yaml/v2 decode.go, allowedAliasRatio), so that a bomb is refused where Kubernetes refuses it.
 */
function isExcessive(aliased: number, total: number): boolean {
  return aliased > 100 && total > 1000 && aliased / total > allowedRatio(total);
}

function allowedRatio(total: number): number {
  if (total <= RATIO_LOW) return 0.99;
  if (total >= RATIO_HIGH) return 0.1;
  return 0.99 - 0.89 * ((total - RATIO_LOW) / (RATIO_HIGH - RATIO_LOW));
}

/** A copy for each alias: whoever fills in a value at one place must not change the other. */
export function copy(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isArray(value)) return value.map(copy);
  const result: { [key: string]: JsonValue } = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) setOwn(result, key, copy(item));
  }
  return result;
}
