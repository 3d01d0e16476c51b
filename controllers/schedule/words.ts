/** How a schedule's doings are put into words. */
import type { State } from '../../src/schedule/model.ts';

/** `window weekdays`, as the beginning of a sentence about what holds. */
export function causeText({ cause, window }: Pick<State, 'cause' | 'window'>): string {
  switch (cause) {
    case 'window':
      return `window ${window ?? ''}`;
    case 'override':
      return 'the override';
    case 'default':
      return 'the default';
    case 'suspended':
      return 'it is suspended';
    case 'ended':
      return 'its time is over';
    case 'author':
      return 'no window is active';
  }
}

const MOST_NAMES = 5;

/** `a, b and 7 more`: a condition has no room for thousands. */
export function listText(names: readonly string[], most = MOST_NAMES): string {
  const rest = names.length - most;
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ');
}
