/**
 * What is remembered of objects, as a tree of tokens: the way of an object through it is its content, whose end holds what
 * is remembered. What an object is made of (its metadata, a container, a probe) has a way of its own, the same one wherever
 * it stands, and its end is one token to what holds it: a hundred Services that put a few parts together in a hundred ways
 * take little more room than the parts.
 */
import type { JsonValue } from '../../kubernetes/json.ts';

/** What a tree holds at most, with what is remembered at its ends; a state, or 64 characters, takes some hundred bytes. */
const MOST_STATES = 40_000;
/** Nobody writes the same text of four thousand characters twice. */
const MOST_ROOM = 64;
/** Of one object; what breaks rules by the hundred is seldom seen twice. */
const MOST_REMEMBERED = 1000;
/** Who writes more is judged afresh. */
const MOST_TOKENS = 1000;
/**
 * Objects that a full tree is asked about before it begins afresh in any case: what it was filled with first need not be
 * what comes later. To fill it again costs as much as to judge some hundred objects.
 */
const PATIENCE = 10_000;

export type Token = JsonValue | symbol | Part | undefined;

/** The end of the way of a part. */
type Part = State<unknown, unknown, unknown>;

/** Where the tokens so far lead; at the end of an object, what is remembered of those that are alike. */
export interface Place<Filled, Whole, Said> {
  /** What is filled into it. */
  readonly filled: Filled | undefined;
  /** What it comes to with that. */
  readonly whole: Whole | undefined;
  /** What is said of it then. */
  readonly said: Said | undefined;
  /**
   * Remembers what is filled into it, where there is room: one object can break rules a thousand times.
   *
   * @param own what of it is held for this object alone
   */
  keepFilled(filled: Filled, own: readonly unknown[]): void;
  /** The same of what it comes to. */
  keepWhole(whole: Whole, own: readonly unknown[]): void;
  /** The same of what is said of it. */
  keepSaid(said: Said, own: readonly unknown[]): void;
}

export class State<Filled, Whole, Said> implements Place<Filled, Whole, Said> {
  filled: Filled | undefined = undefined;
  whole: Whole | undefined = undefined;
  said: Said | undefined = undefined;
  readonly #memory: Memory<Filled, Whole, Said>;
  /** The token that came here first, and where it leads: for most states the only one. */
  token: Token;
  next: State<Filled, Whole, Said> | undefined = undefined;
  others: Map<Token, State<Filled, Whole, Said>> | undefined = undefined;

  constructor(memory: Memory<Filled, Whole, Said>) {
    this.#memory = memory;
  }

  keepFilled(filled: Filled, own: readonly unknown[]): void {
    if (this.#memory.takesIn(own)) this.filled = filled;
  }

  keepWhole(whole: Whole, own: readonly unknown[]): void {
    if (this.#memory.takesIn(own)) this.whole = whole;
  }

  keepSaid(said: Said, own: readonly unknown[]): void {
    if (this.#memory.takesIn(own)) this.said = said;
  }
}

/** A tree that is bounded, and begins afresh when it is full of what does not come any more. */
export class Memory<Filled, Whole, Said> {
  #root = new State<Filled, Whole, Said>(this);
  /** Where the ways of all parts begin. */
  #parts = new State<Filled, Whole, Said>(this);
  #size = 0;
  #isFull = false;
  #sinceFull = 0;
  #hits = 0;
  #misses = 0;
  #tokens = 0;

  /** Where the way of an object begins. */
  begin(): State<Filled, Whole, Said> {
    this.#tokens = 0;
    return this.#root;
  }

  /** Where the way of a part begins. */
  get parts(): State<Filled, Whole, Said> {
    return this.#parts;
  }

  /** Where the token leads from there; undefined once a way left what can be remembered. */
  take(at: State<Filled, Whole, Said> | undefined, token: Token): State<Filled, Whole, Said> | undefined {
    if (at === undefined || ++this.#tokens > MOST_TOKENS) return undefined;
    if (at.token === token && at.next !== undefined) return at.next;
    return at.others?.get(token) ?? this.#grow(at, token);
  }

  #grow(at: State<Filled, Whole, Said>, token: Token): State<Filled, Whole, Said> | undefined {
    const room = typeof token === 'string' ? roomOf(token) : 1;
    if (room > MOST_ROOM || !this.#takesRoom(room)) return undefined;
    const next = new State<Filled, Whole, Said>(this);
    if (at.next === undefined) {
      at.token = token;
      at.next = next;
      return next;
    }
    at.others ??= new Map();
    at.others.set(token, next);
    return next;
  }

  /** Whether there is room for what is to be remembered, which is then taken. */
  takesIn(remembered: readonly unknown[]): boolean {
    const room = remembered.length === 0 ? 0 : roomOf(JSON.stringify(remembered));
    return room <= MOST_REMEMBERED && this.#takesRoom(room);
  }

  #takesRoom(room: number): boolean {
    if (this.#size + room > MOST_STATES) {
      this.#isFull = true;
      return false;
    }
    this.#size += room;
    return true;
  }

  /** Afresh with what comes now, where most objects had been met before, and after a while in any case. To be asked before each. */
  forgetWhenFull(): void {
    if (!this.#isFull) return;
    if (this.#hits <= this.#misses && ++this.#sinceFull <= PATIENCE) return;
    this.#root = new State<Filled, Whole, Said>(this);
    this.#parts = new State<Filled, Whole, Said>(this);
    this.#size = 0;
    this.#isFull = false;
    this.#sinceFull = 0;
    this.#hits = 0;
    this.#misses = 0;
  }

  /** Whether an object had been met before. */
  met(isKnown: boolean): void {
    if (isKnown) this.#hits++;
    else this.#misses++;
  }
}

function roomOf(text: string): number {
  return 1 + (text.length >> 6);
}
