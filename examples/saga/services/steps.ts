/** The way of an order: what is done, in which order, and what takes it back. */

const STEPS = [
  { does: 'reserve', undoes: 'release' },
  { does: 'charge', undoes: 'refund' },
  { does: 'ship', undoes: 'recall' },
];

export const FIRST = 'reserve';

/** `given up`: nobody took the command, and whether it was done is not known. */
export type Outcome = 'done' | 'failed' | 'given up';

/** `stuck`: something could not be taken back, and a person has to look. */
export type State = 'running' | 'compensating' | 'completed' | 'cancelled' | 'stuck';

/** `command`: what the saga waits for from now on; none when it has ended. */
export interface Next {
  readonly state: State;
  readonly command?: string;
}

export function nextAfter(command: string, outcome: Outcome): Next {
  const index = STEPS.findIndex(({ does }) => does === command);
  if (index < 0) {
    if (outcome !== 'done') return { state: 'stuck', command };
    return back(STEPS.findIndex(({ undoes }) => undoes === command) - 1);
  }
  if (outcome === 'done') {
    const following = STEPS[index + 1];
    return following === undefined ? { state: 'completed' } : { state: 'running', command: following.does };
  }
  // a step that failed has nothing to take back; of one that was given up nobody knows
  return back(outcome === 'failed' ? index - 1 : index);
}

function back(index: number): Next {
  const step = STEPS[index];
  return step === undefined ? { state: 'cancelled' } : { state: 'compensating', command: step.undoes };
}
