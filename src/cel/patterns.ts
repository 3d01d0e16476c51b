/** Patterns as Go reads them (RE2), which take time linear in the text. */
import { RE2JS } from '@bufbuild/re2';
import { findMatch, type MatchProgram } from './patternSearch.ts';

export interface Pattern {
  /** How many instructions it has: what a text is held to, at each of its characters. */
  readonly size: number;
  test(text: string): boolean;
  /** What it finds from left to right, as Go's FindAllString; all of it where the limit is below zero. */
  find(text: string, limit: number): string[];
}

/** Patterns that were compiled last: to compile one takes thirty times as long as to use it. */
const compiled = new Map<string, Pattern | PatternProblem>();
const KEPT = 500;

/**
 * Instructions of a pattern at most. Patterns may come from an object, and each instruction takes some microseconds to
 * make; people write a few hundred. Go's bound is a hundred times as high.
 */
const LARGEST = 20_000;

/** The text is no pattern. */
export class PatternProblem {
  /** As Go says it: ``error parsing regexp: missing closing ]: `[a` ``. */
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export function compilePattern(source: string): Pattern | PatternProblem {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const pattern = compileAnew(source);
  if (compiled.size >= KEPT) {
    const [oldest] = compiled.keys();
    if (oldest !== undefined) compiled.delete(oldest);
  }
  compiled.set(source, pattern);
  return pattern;
}

function compileAnew(source: string): Pattern | PatternProblem {
  if (sizeBound(source) > LARGEST) return new PatternProblem('error parsing regexp: expression too large');
  try {
    const pattern = RE2JS.compile(source);
    const { prog } = pattern.re2();
    return {
      size: prog.inst.length,
      test: (text) => pattern.test(text),
      find: (text, limit) => findAll(prog, text, limit),
    };
  } catch (error) {
    return new PatternProblem(error instanceof Error ? error.message : String(error));
  }
}

/** How many instructions the pattern makes, about, without making them: what is repeated is there as often. */
function sizeBound(source: string): number {
  const groups: number[] = [0];
  let last = 0;
  const add = (size: number): void => {
    groups[groups.length - 1] = (groups.at(-1) ?? 0) + size;
    last = size;
  };
  const step = /\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|./gsu;
  for (const [token, least, most] of source.matchAll(step)) {
    if (token === '(') groups.push(0);
    else if (token === ')' && groups.length > 1) add((groups.pop() ?? 0) + 2);
    else if (least !== undefined) {
      const times = Math.max(Number(least), Number(most === undefined || most === '' ? least : most)) - 1;
      if (times > 0) add(last * times);
    } else add(1);
  }
  return groups.reduce((sum, size) => sum + size, 0);
}

function findAll(program: MatchProgram, text: string, limit: number): string[] {
  const found: string[] = [];
  let position = 0;
  let end = -1;
  while (position <= text.length && (limit < 0 || found.length < limit)) {
    const match = findMatch(program, text, position);
    if (match === undefined) break;
    // an empty match right behind another one is none
    const isKept = match.end !== position || match.start !== end;
    if (match.end > position) position = match.end;
    else position += (text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
    end = match.end;
    if (isKept) found.push(text.slice(match.start, match.end));
  }
  return found;
}
