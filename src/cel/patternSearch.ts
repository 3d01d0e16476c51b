/**
 * Where a pattern matches (https://swtch.com/~rsc/regexp/regexp2.html, "Pike's implementation"): the engine that
 * compiles patterns says only whether they match. All ways to go on are followed at once, in the order in which a
 * backtracking engine would try them, so that it takes time linear in the text.
 */

export interface MatchProgram {
  readonly start: number;
  readonly inst: readonly Instruction[];
}

interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  matchRune(rune: number): boolean;
}

/** As the compiler numbers them (RE2's Inst). */
const ALT = 1;
const ALT_MATCH = 2;
const CAPTURE = 3;
const EMPTY_WIDTH = 4;
const FAIL = 5;
const MATCH = 6;
const NOP = 7;
const ANY = 10;
const ANY_BUT_NEWLINE = 11;

const BEGIN_LINE = 1;
const END_LINE = 2;
const BEGIN_TEXT = 4;
const END_TEXT = 8;
const WORD_BOUNDARY = 16;
const NO_WORD_BOUNDARY = 32;

const NEWLINE = 10;

interface Match {
  readonly start: number;
  readonly end: number;
}

/** Ways to go on, the one that is tried first in front, each with where its match would begin. */
class Threads {
  readonly places: number[] = [];
  readonly starts: number[] = [];
  readonly #seen: Uint32Array;
  #round = 0;

  constructor(size: number) {
    this.#seen = new Uint32Array(size);
  }

  clear(): void {
    this.places.length = 0;
    this.starts.length = 0;
    this.#round++;
  }

  /** Takes a way on and all that go on from it without a character. */
  add({ inst }: MatchProgram, place: number, start: number, empty: number): void {
    const open = [place];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (this.#seen[next] === this.#round) continue;
      this.#seen[next] = this.#round;
      const instruction = inst[next];
      if (instruction === undefined) continue;
      const { op, out, arg } = instruction;
      if (op === ALT || op === ALT_MATCH) open.push(arg, out);
      else if (op === CAPTURE || op === NOP) open.push(out);
      else if (op === EMPTY_WIDTH) {
        if ((arg & ~empty) === 0) open.push(out);
      } else if (op !== FAIL) {
        this.places.push(next);
        this.starts.push(start);
      }
    }
  }
}

/** The leftmost match at or behind the position, of those that begin there the one that is tried first. */
export function findMatch(program: MatchProgram, text: string, from: number): Match | undefined {
  let [now, next] = [new Threads(program.inst.length), new Threads(program.inst.length)];
  now.clear();
  let match: Match | undefined;
  for (let position = from; ; ) {
    const rune = text.codePointAt(position) ?? -1;
    const after = position + (rune > 0xffff ? 2 : 1);
    if (match === undefined) now.add(program, program.start, position, emptyAt(text, position, rune));
    if (now.places.length === 0 && match !== undefined) return match;
    next.clear();
    const empty = emptyAt(text, after, text.codePointAt(after) ?? -1);
    const start = followed(program, now, next, rune, empty);
    if (start !== undefined) match = { start, end: position };
    if (rune < 0) return match;
    [now, next] = [next, now];
    position = after;
  }
}

/** Follows all ways past a character. @returns where the match begins that ends before it, if one does */
function followed(program: MatchProgram, now: Threads, next: Threads, rune: number, empty: number): number | undefined {
  for (const [index, place] of now.places.entries()) {
    const instruction = program.inst[place];
    const start = now.starts[index];
    if (instruction === undefined || start === undefined) continue;
    // what comes behind is tried later
    if (instruction.op === MATCH) return start;
    if (rune >= 0 && consumes(instruction, rune)) next.add(program, instruction.out, start, empty);
  }
  return undefined;
}

function consumes(instruction: Instruction, rune: number): boolean {
  if (instruction.op === ANY) return true;
  return instruction.op === ANY_BUT_NEWLINE ? rune !== NEWLINE : instruction.matchRune(rune);
}

/** What holds between two characters. */
function emptyAt(text: string, position: number, rune: number): number {
  const before = position === 0 ? -1 : (text.charCodeAt(position - 1) ?? -1);
  let flags = isWord(before) === isWord(rune) ? NO_WORD_BOUNDARY : WORD_BOUNDARY;
  if (before < 0) flags |= BEGIN_TEXT | BEGIN_LINE;
  if (before === NEWLINE) flags |= BEGIN_LINE;
  if (rune < 0) flags |= END_TEXT | END_LINE;
  if (rune === NEWLINE) flags |= END_LINE;
  return flags;
}

/** Letters, digits and the underscore, of ASCII alone. */
function isWord(rune: number): boolean {
  return (rune >= 48 && rune <= 57) || (rune >= 65 && rune <= 90) || rune === 95 || (rune >= 97 && rune <= 122);
}
