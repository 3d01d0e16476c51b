/** Lengths of time as Kubernetes' resources write them: Go's `10h`, `1h30m`, `90s`. */

const PART = /(\d+(?:\.\d+)?)(h|m|s)/g;
const WHOLE = /^(\d{1,6}(\.\d{1,6})?(h|m|s))+$/;
const UNITS = { h: 3_600_000, m: 60_000, s: 1000 } as const;

/** Milliseconds, whole; undefined where the text is no length of time. */
export function parseLength(text: string): number | undefined {
  if (text.length > 64 || !WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) {
    total += Number(amount) * UNITS[unit === 'h' ? 'h' : unit === 'm' ? 'm' : 's'];
  }
  return Math.round(total);
}

/** `10h`, `1h30m`, `45s`; whole seconds. */
export function lengthText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const text = parts.map(([amount, unit]) => (amount === 0 ? '' : `${amount}${unit}`)).join('');
  return text === '' ? '0s' : text;
}
