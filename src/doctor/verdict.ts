/** What a check found, and what to do about it. */

/**
 * `well`; `wrong`: something does not work, or will not; `note`: it works, and explains what people wonder about;
 * `unseen`: the check could not look.
 */
export type State = 'well' | 'wrong' | 'note' | 'unseen';

export interface Verdict {
  /** `family/name`, the same for ever: `webhooks/answers`. */
  readonly check: string;
  readonly state: State;
  /** A sentence, lower case, without a full stop. Names in it come from the cluster and may hold anything. */
  readonly found: string;
  /** Commands to run next, as they are typed; empty where nothing is to be done. */
  readonly next: readonly string[];
}

export function well(check: string, found: string): Verdict {
  return { check, state: 'well', found, next: [] };
}

export function wrong(check: string, found: string, ...next: readonly string[]): Verdict {
  return { check, state: 'wrong', found, next };
}

export function note(check: string, found: string, ...next: readonly string[]): Verdict {
  return { check, state: 'note', found, next };
}

export function unseen(check: string, found: string, ...next: readonly string[]): Verdict {
  return { check, state: 'unseen', found, next };
}

/** Whether anything is wrong; whether anything could not be looked at. */
export function countOf(verdicts: readonly Verdict[], state: State): number {
  return verdicts.filter((verdict) => verdict.state === state).length;
}

/** `a`, `a and b`, `a, b and c`; of many the first and how many more there are. */
export function listed(names: readonly string[], most = 6): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}
