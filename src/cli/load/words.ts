/** Numbers as they are told. */

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `49.8`, `1,204`. */
export function rate(perSecond: number): string {
  return perSecond >= 100 ? whole(perSecond) : perSecond.toFixed(1);
}

/** `0.84 ms`, `12.3 ms`, `240 ms`, `1.25 s`. */
export function time(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  const places = milliseconds >= 100 ? 0 : milliseconds >= 10 ? 1 : 2;
  return `${milliseconds.toFixed(places)} ms`;
}

/** `0 %`, `under 0.1 %`, `12.5 %`, `100 %`. */
export function share(part: number, all: number): string {
  if (part === 0 || all === 0) return '0 %';
  if (part === all) return '100 %';
  const percent = (part / all) * 100;
  if (percent < 0.1) return 'under 0.1 %';
  return `${Math.min(99.9, percent).toFixed(1)} %`;
}

/** `30 s`, `2 min 5 s`. */
export function span(seconds: number): string {
  const rounded = seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds);
  if (rounded < 120) return `${rounded} s`;
  const rest = rounded % 60;
  return `${Math.floor(rounded / 60)} min${rest === 0 ? '' : ` ${rest} s`}`;
}
