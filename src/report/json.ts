/** `-o json`: the result as it is, for programs. */
import type { CheckResult } from './result.ts';

export type { CheckResult } from './result.ts';

/** One finding or default a line keeps large results readable by `grep` and small in memory. */
export function json(result: CheckResult): string {
  const { kind, summary, findings, defaults, errors, excused } = result;
  const parts = [
    `"kind":${JSON.stringify(kind)}`,
    `"summary":${JSON.stringify(summary)}`,
    list('findings', findings),
    list('defaults', defaults),
    list('errors', errors),
    list('excused', excused),
  ];
  return `{${parts.join(',\n')}}\n`;
}

function list(name: string, items: readonly unknown[]): string {
  if (items.length === 0) return `"${name}":[]`;
  return `"${name}":[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]`;
}
