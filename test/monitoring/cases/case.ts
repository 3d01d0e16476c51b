/** A story for promtool: what is measured each minute, when the alert tells of it, and when it is over. */

export interface AlertCase {
  readonly alert: string;
  /** What is special about it. */
  readonly about?: string;
  /** Series with their values each minute, in promtool's notation. */
  readonly series: Readonly<Record<string, string>>;
  /** The minute in which it fires, with its labels and its summary; undefined where it must stay silent. */
  readonly fires?: { readonly at: number; readonly labels: Readonly<Record<string, string>>; readonly summary: string };
  /** A later minute in which it is over. */
  readonly clearAt: number;
}

/** `name{a="b"}`. */
export function series(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${pairs.join(',')}}`;
}

/** All buckets of a histogram: none of the observations up to `above`, and all of them up to `upTo`. */
export function buckets(
  name: string,
  labels: Readonly<Record<string, string>>,
  { none, all, values }: { readonly none: readonly string[]; readonly all: readonly string[]; readonly values: string },
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const le of none) found[series(`${name}_bucket`, { ...labels, le })] = '0x200';
  for (const le of [...all, '+Inf']) found[series(`${name}_bucket`, { ...labels, le })] = values;
  return found;
}

export const CONTROLLER = { job: 'weir-controller', instance: '10.0.0.3:9090' } as const;
