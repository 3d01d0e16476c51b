/**
 * An event's time as Knative's filters see it: Go reads it and writes it again as RFC 3339 with as many decimals as it
 * needs (cloudevents/sdk-go v2/types/timestamp.go, sql/v2/utils/event.go).
 *
 * @returns undefined for what is no such time
 * @example
 * canonicalTime('2026-03-01T08:00:00.500+00:00'); // '2026-03-01T08:00:00.5Z'
 */
export function canonicalTime(text: string): string | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, date = '', time = '', decimals = '', zone = ''] = match;
  const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
  if (hour > 23 || minute > 59 || second > 59 || !isDate(date)) return undefined;
  if (zone !== 'Z' && (Number(zone.slice(1, 3)) > 23 || Number(zone.slice(4)) > 59)) return undefined;

  const kept = decimals.slice(0, 9).replace(/0+$/, '');
  const offset = zone.endsWith('00:00') ? 'Z' : zone;
  return `${date}T${time}${kept === '' ? '' : `.${kept}`}${offset}`;
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;

/** 30 February is none. */
function isDate(date: string): boolean {
  const read = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(date);
}
