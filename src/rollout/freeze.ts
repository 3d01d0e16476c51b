/** Whether steps are frozen at a moment, and until when. */
import { stateAt } from '../schedule/state.ts';
import type { Freeze } from './model.ts';

export interface Frozen {
  readonly name: string;
  /** Undefined where no end of it is in sight. */
  readonly until: Date | undefined;
}

/** The one that ends last of those that hold. */
export function frozenAt(freezes: readonly (Freeze | undefined)[], at: Date): Frozen | undefined {
  let longest: Frozen | undefined;
  for (const freeze of freezes) {
    if (freeze === undefined) continue;
    const { cause, window, until } = stateAt(freeze.schedule, at);
    if (cause !== 'window') continue;
    if (longest === undefined || endOf(until) > endOf(longest.until)) {
      longest = { name: `${freeze.name} (${window ?? ''})`, until };
    }
  }
  return longest;
}

/** When the next one begins; undefined where none ever does. */
export function nextFreeze(freezes: readonly (Freeze | undefined)[], at: Date): Date | undefined {
  const starts = freezes.flatMap((freeze) => {
    if (freeze === undefined) return [];
    const { cause, until } = stateAt(freeze.schedule, at);
    return cause === 'window' || until === undefined ? [] : [until];
  });
  return starts.sort((left, right) => left.getTime() - right.getTime())[0];
}

function endOf(until: Date | undefined): number {
  return until?.getTime() ?? Number.POSITIVE_INFINITY;
}
