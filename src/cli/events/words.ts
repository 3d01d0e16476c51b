/** How events, and who gets them, are called in lines for people. */
import { oneLine } from '../../report/safeText.ts';

/** `broker:shop/default` as `broker shop/default`; the namespace is left out where it goes without saying. */
export function placeName(key: string, namespace?: string): string {
  const [kind = '', place = ''] = key.split(':');
  const [of, name] = place.split('/');
  return oneLine(of === namespace && name !== undefined ? `${kind} ${name}` : `${kind} ${place}`);
}

/** `11:02:03.123`, of this machine's clock. */
export function timeOf(iso: string): string {
  const date = new Date(iso);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `12 ms`, `1.5 s`. */
export function tookText(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** What an event holds, on one line. */
export function dataText(event: Readonly<Record<string, unknown>>): string {
  const { data, data_base64: base64 } = event;
  if (typeof base64 === 'string') return `${Buffer.from(base64, 'base64').length} bytes`;
  if (data === undefined) return '';
  return oneLine(typeof data === 'string' ? data : JSON.stringify(data));
}

export function attribute(event: Readonly<Record<string, unknown>>, name: string): string {
  return oneLine(String(event[name] ?? ''));
}
