/** How the command line calls what a schedule says. */
import { arrayAt, objectAt, stringAt } from '../../kubernetes/json.ts';
import { expressionText } from '../../kubernetes/labelSelector.ts';
import { oneLine } from '../../report/safeText.ts';
import { lengthText } from '../../schedule/duration.ts';
import type { Scale, ScalingSchedule, State, Target, Window } from '../../schedule/model.ts';
import { scaleText } from '../../schedule/scaleText.ts';
import type { Author } from './author.ts';

/** `min-scale 10, max-scale 20`; what nobody holds stays as its author wrote it. */
export function heldText(scale: Scale): string {
  const text = scaleText(scale);
  return text === '' ? 'what the author wrote' : text;
}

/** `min-scale 4`, `min-scale 2, which prod fills in`. */
export function authorText({ scale, filledInBy }: Author): string {
  const text = heldText({ minScale: scale.minScale ?? 0 });
  return filledInBy === undefined ? text : `${text}, which ${filledInBy} fills in`;
}

export function causeText({ cause, window }: Pick<State, 'cause' | 'window'>): string {
  switch (cause) {
    case 'window':
      return `window ${window ?? ''}`;
    case 'override':
      return 'override';
    case 'default':
      return 'default';
    case 'suspended':
      return 'suspended';
    case 'ended':
      return 'ended';
    case 'author':
      return 'no window';
  }
}

/** `"0 8 * * 1-5" to "0 18 * * 1-5"`, `"0 8 * * 1-5" for 10h, 10m earlier to warm up`. */
export function windowText({ start, end, warmUp, only, except }: Window): string {
  const until = typeof end === 'number' ? `for ${lengthText(end)}` : `to "${end.text}"`;
  const earlier = warmUp === 0 ? '' : `, ${lengthText(warmUp)} earlier to warm up`;
  const dates = only.length > 0 ? `, on ${datesText(only)} alone` : '';
  const without = except.length > 0 ? `, but on ${datesText(except)}` : '';
  return `"${start.text}" ${until}${earlier}${dates}${without}`;
}

/** A year's holidays have no room on a line. */
function datesText(dates: readonly string[]): string {
  return dates.length === 1 ? (dates[0] ?? '') : `${dates.length} dates`;
}

/** `Service api-service`, `Services with tier=web`. */
export function targetText(target: Target): string {
  if (!('selector' in target)) return `${target.kind} ${oneLine(target.name)}`;
  const labels = objectAt(target.selector, 'matchLabels') ?? {};
  const parts = Object.keys(labels).map((key) => `${key}=${stringAt(labels, key) ?? ''}`);
  const expressions = arrayAt(target.selector, 'matchExpressions').map(expressionText);
  const all = [...parts, ...expressions];
  return all.length === 0 ? 'every Service' : `Services with ${oneLine(all.join(', '))}`;
}

/** `business-hours in shop-prod`. */
export function titleText({ name, namespace }: ScalingSchedule): string {
  const title = name === '' ? 'a schedule without a name' : oneLine(name);
  return namespace === '' ? title : `${title} in ${oneLine(namespace)}`;
}
