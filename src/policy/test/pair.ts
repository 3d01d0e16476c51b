/** Pairs what was expected with what came, so that as few as possible of both are left over. */

export interface Pairs<Expected, Actual> {
  readonly missing: readonly Expected[];
  readonly unexpected: readonly Actual[];
}

/**
 * A maximum matching by augmenting paths (Kuhn): an expectation that fits many gives way to one that fits few, in
 * whatever order they are written.
 */
export function pairUp<Expected, Actual>(
  expected: readonly Expected[],
  actual: readonly Actual[],
  meets: (expected: Expected, actual: Actual) => boolean,
): Pairs<Expected, Actual> {
  /** For each actual the index of its expectation. */
  const partner = new Map<number, number>();

  function place(index: number, tried: Set<number>): boolean {
    const wanted = expected[index];
    if (wanted === undefined) return false;
    for (const [candidate, value] of actual.entries()) {
      if (tried.has(candidate) || !meets(wanted, value)) continue;
      tried.add(candidate);
      const holder = partner.get(candidate);
      if (holder === undefined || place(holder, tried)) {
        partner.set(candidate, index);
        return true;
      }
    }
    return false;
  }

  const missing = expected.filter((_, index) => !place(index, new Set()));
  const unexpected = actual.filter((_, index) => !partner.has(index));
  return { missing, unexpected };
}
