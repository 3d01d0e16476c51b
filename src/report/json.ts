/** `-o json`: the result as it is, for programs. */
import type { CheckResult } from './result.ts';

export type { CheckResult } from './result.ts';

/**
 * One finding or default a line keeps large results readable by `grep`. In pieces, since the whole text of a large
 * result would take as much memory again as the result.
 */
export function* json(result: CheckResult): Iterable<string> {
  const { kind, summary, findings, defaults, errors, excused } = result;
  yield `{"kind":${JSON.stringify(kind)},\n"summary":${JSON.stringify(summary)}`;
  yield* list('findings', findings);
  yield* list('defaults', defaults);
  yield* list('errors', errors);
  yield* list('excused', excused);
  yield '}\n';
}

/** Some 40 KB: pieces that the garbage collector keeps apart as large objects made the peak a fifth higher. */
const ITEMS_A_PIECE = 100;

function* list(name: string, items: readonly unknown[]): Iterable<string> {
  yield `,\n"${name}":[`;
  for (let start = 0; start < items.length; start += ITEMS_A_PIECE) {
    const lines = items.slice(start, start + ITEMS_A_PIECE).map((item) => JSON.stringify(item));
    yield `${start === 0 ? '' : ','}\n${lines.join(',\n')}`;
  }
  yield items.length === 0 ? ']' : '\n]';
}
