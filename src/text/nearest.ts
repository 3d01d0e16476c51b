/** The name that somebody probably meant. This folder holds what works on any text and knows no manifest: everybody may import it. */

/** A longer name than this is no typo of anything, and comparing it would only cost time. */
const LONGEST_NAME = 64;

/**
 * The candidate that is nearest to the name: the same but for case, or at most a third of its letters away (insert,
 * drop, change, or swap two neighbours), or the bound that is given. Undefined where nothing is near enough to be asked about.
 */
export function nearest(name: string, candidates: Iterable<string>, most?: number): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const wanted = plain(name);
  const bound = most ?? Math.max(1, Math.floor(wanted.length / 3));

  let best: string | undefined;
  let bestDistance = bound + 1;
  for (const candidate of candidates) {
    if (candidate === name || candidate.length > LONGEST_NAME) continue;
    const right = plain(candidate);
    // so many letters at least have to come or go
    if (Math.abs(wanted.length - right.length) >= bestDistance) continue;
    const distance = editDistance(wanted, right);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** `; did you mean "maxScale"?`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const candidate = nearest(name, candidates);
  return candidate === undefined ? '' : `; did you mean "${candidate}"?`;
}

/** `max-scale`, `max_scale` and `maxScale` are one name to whoever types them. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll('-', '').replaceAll('_', '');
}

/** Damerau–Levenshtein distance in its restricted form (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      let distance = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (isSwap) distance = Math.min(distance, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? 0;
}
