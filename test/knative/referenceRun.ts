/** What tests that compare with Knative's own code share: whether they can run here, and how its errors read. */
import { describe } from '@jest/globals';
import { type Answer, runReference, whyUnavailable } from '../../tools/knative-reference/run.ts';

/** The first use may have to build the program. */
export const REFERENCE_TIMEOUT_MS = 15 * 60_000;

/**
 * A describe block that needs Knative's own code. Where it cannot be built the block is skipped and says why in its
 * name; in CI it runs all the same, and fails with the reason.
 */
export function describeWithReference(name: string, block: () => void): void {
  const reason = whyUnavailable();
  if (reason === undefined || process.env.CI === 'true') describe(name, block);
  else describe.skip(`${name} (skipped: ${reason})`, block);
}

/** One error of a comparison: what both sides must agree on. */
export interface ComparedError {
  readonly message: string;
  readonly paths: readonly string[];
  readonly details?: string;
}

/** As Knative prints them: errors with the same message and details become one, paths and errors are sorted. */
export function mergeErrors(errors: readonly ComparedError[]): { message: string; paths: string[]; details: string }[] {
  const merged = new Map<string, { message: string; paths: string[]; details: string }>();
  for (const { message, paths, details = '' } of errors) {
    const key = JSON.stringify([message, details]);
    const known = merged.get(key) ?? { message, paths: [], details };
    merged.set(key, known);
    for (const path of paths) if (!known.paths.includes(path)) known.paths.push(path);
  }

  const list = [...merged.values()];
  for (const one of list) one.paths.sort(byBytes);
  return list.sort((left, right) => byBytes(left.message, right.message) || byBytes(left.details, right.details));
}

/** The errors of an answer in the same shape. */
export function errorsOf(answer: Answer): { message: string; paths: string[]; details: string }[] {
  return (answer.errors ?? []).map(({ message, paths, details }) => ({ message, paths: [...(paths ?? [])], details }));
}

/** One place where the two sides differ, as a test prints it. */
export interface Difference {
  readonly case: unknown;
  readonly weir: unknown;
  readonly knative: unknown;
}

/** Answers all cases in one run of the program and gives those on which the two sides differ. */
export async function differences<Case>(
  cases: readonly Case[],
  question: (one: Case) => object,
  ours: (one: Case) => unknown,
  theirs: (answer: Answer) => unknown,
): Promise<Difference[]> {
  const answers = await runReference(cases.map(question));
  const result: Difference[] = [];
  cases.forEach((one, index) => {
    const weir = ours(one);
    const knative = theirs(answers[index] ?? {});
    if (JSON.stringify(weir) !== JSON.stringify(knative)) result.push({ case: one, weir, knative });
  });
  return result;
}

function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
