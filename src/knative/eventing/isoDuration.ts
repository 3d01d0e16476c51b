/** Go durations, as people write them by habit, in the ISO 8601 form that Knative Eventing wants. */
import { parseDuration } from '../duration.ts';
import { parsePeriod } from '../period.ts';

const TENTH = 100_000_000n;

/** `30m` becomes `PT30M`, `1h30m` `PT1H30M`, `500ms` `PT0.5S`; ISO 8601 stays as it is. Undefined where it is neither, or finer than a tenth of a second. */
export function toIsoDuration(text: string): string | undefined {
  if (parsePeriod(text).ok) return text;
  const duration = parseDuration(text);
  if (!duration.ok || duration.value < 0n || duration.value % TENTH !== 0n) return undefined;

  const tenths = duration.value / TENTH;
  const hours = tenths / 36_000n;
  const minutes = (tenths / 600n) % 60n;
  const seconds = tenths % 600n;
  if (hours > 3000n) return undefined;

  let iso = 'PT';
  if (hours > 0n) iso += `${hours}H`;
  if (minutes > 0n) iso += `${minutes}M`;
  if (seconds > 0n || iso === 'PT') iso += `${seconds / 10n}${seconds % 10n === 0n ? '' : `.${seconds % 10n}`}S`;
  return iso;
}
