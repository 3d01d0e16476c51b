/** Where the nodes of a file's documents stand: a compact table that is filled while the documents are composed. */
import { steps } from '../pointer.ts';
import { ReadFailure } from './inputError.ts';
import { MAX_NODES } from './limits.ts';

/**
 * Two integers for each node, in the order of the text: its offset, and a word that says what it is. A mapping's
 * children are key, value, key, value; the word of a key is its index in `keys`, of a mapping or sequence the index of
 * the node after its last descendant, of an alias the index of the node that it stands for.
 */
export interface NodeTable {
  readonly nodes: Int32Array;
  readonly keys: readonly string[];
}

const LEAF = 0;
const KEY = 1;
const MERGE = 2;
const MAPPING = 3;
const SEQUENCE = 4;
const ALIAS = 5;
const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;

/** The table of a file's documents, one after the other: to give each its own array costs more than to fill it. */
export class NodeTableBuilder {
  #buffer = new Int32Array(4096);
  #length = 0;
  readonly #keys: string[] = [];
  /** Where the nodes and the keys of the document begin that is being read. */
  #start = 0;
  #firstKey = 0;
  /** Grows with the file; to hold on to it costs no more than it must once `finish` was called. */
  readonly table: { nodes: Int32Array; readonly keys: readonly string[] } = { nodes: this.#buffer, keys: this.#keys };

  /** Begins the document afresh. */
  reset(): void {
    this.#length = this.#start;
    this.#keys.length = this.#firstKey;
  }

  /** Ends the document, whose nodes stay; returns its root. */
  keep(): number {
    const root = this.root;
    this.#start = this.#length;
    this.#firstKey = this.#keys.length;
    return root;
  }

  /** The index of the first node of the document that is being read. */
  get root(): number {
    return this.#start / 2;
  }

  /** The index that the next node gets. */
  get next(): number {
    return this.#length / 2;
  }

  /** Turns every offset of the document into that of the file. */
  translate(offsetInFile: (offset: number) => number): void {
    for (let at = this.#start; at < this.#length; at += 2) this.#buffer[at] = offsetInFile(this.#buffer[at] ?? 0);
  }

  /** Ends the file. */
  finish(): NodeTable {
    this.table.nodes = this.#buffer.slice(0, this.#length);
    return this.table;
  }

  leaf(offset: number): number {
    return this.#add(offset, LEAF);
  }

  key(offset: number, key: string): number {
    this.#keys.push(key);
    return this.#add(offset, ((this.#keys.length - 1) << KIND_BITS) | KEY);
  }

  merge(offset: number): number {
    return this.#add(offset, MERGE);
  }

  alias(offset: number, target: number): number {
    return this.#add(offset, (target << KIND_BITS) | ALIAS);
  }

  open(offset: number): number {
    return this.#add(offset, 0);
  }

  closeMapping(index: number): void {
    this.#buffer[index * 2 + 1] = ((this.#length / 2) << KIND_BITS) | MAPPING;
  }

  closeSequence(index: number): void {
    this.#buffer[index * 2 + 1] = ((this.#length / 2) << KIND_BITS) | SEQUENCE;
  }

  #add(offset: number, word: number): number {
    const at = this.#length;
    if (at === this.#buffer.length) this.#grow();
    this.#buffer[at] = offset;
    this.#buffer[at + 1] = word;
    this.#length = at + 2;
    return at / 2;
  }

  #grow(): void {
    if (this.#length - this.#start >= MAX_NODES * 2) {
      throw new ReadFailure('limit', 'the document has more than four million values; split it into several files', 0);
    }
    const larger = new Int32Array(this.#buffer.length * 2);
    larger.set(this.#buffer);
    this.#buffer = larger;
    this.table.nodes = larger;
  }
}

/** Instead of a node. */
const NONE = -1;

/**
 * The offset of the value, or with 'key' of its key, that the pointer leads to; of its nearest existing ancestor where
 * the pointer leads further. Through an alias the way goes on in what it stands for, through a merge key in what is
 * merged; of several equal keys the one that counts is taken.
 */
export function offsetAt(table: NodeTable, from: number, pointer: string, what: 'key' | 'value'): number {
  const value = nodeAt(table, from, pointer);
  // before an item stands the end of another node, and never a key, which has a value of its own
  const hasKey = what === 'key' && value !== from && kind(table, value - 1) === KEY;
  return offset(table, hasKey ? value - 1 : value);
}

/** The node that the pointer leads to, from another on. */
export function nodeAt(table: NodeTable, from: number, pointer: string): number {
  let node = from;
  for (const step of steps(pointer)) {
    const next = child(table, node, step);
    if (next === NONE) break;
    node = next;
  }
  return node;
}

export function offset(table: NodeTable, index: number): number {
  return table.nodes[index * 2] ?? 0;
}

function child(table: NodeTable, index: number, step: string): number {
  const node = follow(table, index);
  switch (kind(table, node)) {
    case MAPPING:
      return memberValue(table, node, step);
    case SEQUENCE:
      return sequenceItem(table, node, step);
    default:
      return NONE;
  }
}

function memberValue(table: NodeTable, mapping: number, name: string): number {
  const end = target(table, mapping);
  let found = NONE;
  for (let key = mapping + 1; key < end; ) {
    const value = key + 1;
    if (kind(table, key) === MERGE) {
      const merged = mergedValue(table, value, name);
      if (merged !== NONE) found = merged;
    } else if (table.keys[target(table, key)] === name) found = value;
    key = after(table, value);
  }
  return found;
}

function mergedValue(table: NodeTable, index: number, name: string): number {
  const node = follow(table, index);
  if (kind(table, node) === MAPPING) return memberValue(table, node, name);

  // Of a sequence of mappings the first that has the key counts.
  const end = target(table, node);
  for (let item = node + 1; item < end; item = after(table, item)) {
    const found = memberValue(table, follow(table, item), name);
    if (found !== NONE) return found;
  }
  return NONE;
}

function sequenceItem(table: NodeTable, sequence: number, step: string): number {
  const wanted = Number(step);
  const end = target(table, sequence);
  let position = 0;
  for (let item = sequence + 1; item < end; item = after(table, item)) {
    if (position === wanted) return item;
    position++;
  }
  return NONE;
}

/** The text of a key node. */
export function keyAt(table: NodeTable, key: number): string {
  return table.keys[target(table, key)] ?? '';
}

/** The key node of the same text that stands last before this one in its mapping. */
export function keyBefore(table: NodeTable, mapping: number, key: number): number {
  const text = keyAt(table, key);
  let found = key;
  for (let at = mapping + 1; at < key; at = after(table, at + 1)) {
    if (kind(table, at) === KEY && keyAt(table, at) === text) found = at;
  }
  return found;
}

/**
 * The steps from a document's root to a node, for the few places that know a node and not its pointer. The node is a
 * mapping, a sequence or a value; aliases are not followed.
 */
export function stepsTo(table: NodeTable, root: number, index: number): (string | number)[] {
  const way: (string | number)[] = [];
  let node = root;
  while (node !== index) {
    const isMapping = kind(table, node) === MAPPING;
    let at = node + 1;
    for (let position = 0; ; position++) {
      const value = isMapping ? at + 1 : at;
      const next = after(table, value);
      if (index < next) {
        way.push(isMapping ? (table.keys[target(table, at)] ?? '<<') : position);
        node = value;
        break;
      }
      at = next;
    }
  }
  return way;
}

function kind(table: NodeTable, index: number): number {
  return (table.nodes[index * 2 + 1] ?? LEAF) & KIND_MASK;
}

function target(table: NodeTable, index: number): number {
  return (table.nodes[index * 2 + 1] ?? 0) >> KIND_BITS;
}

function after(table: NodeTable, index: number): number {
  const isCollection = kind(table, index) === MAPPING || kind(table, index) === SEQUENCE;
  return isCollection ? target(table, index) : index + 1;
}

function follow(table: NodeTable, index: number): number {
  let node = index;
  while (kind(table, node) === ALIAS) node = target(table, node);
  return node;
}
