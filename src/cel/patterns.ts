/** Patterns as Go reads them (RE2), which take time linear in the text. */
import { RE2JS } from '@bufbuild/re2';

export interface Pattern {
  test(text: string): boolean;
}

/** Patterns that were compiled last: to compile one takes thirty times as long as to use it. */
const compiled = new Map<string, Pattern | PatternProblem>();
const KEPT = 500;

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
  try {
    const pattern = RE2JS.compile(source);
    return { test: (text) => pattern.test(text) };
  } catch (error) {
    return new PatternProblem(error instanceof Error ? error.message : String(error));
  }
}
