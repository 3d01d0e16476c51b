/** Small builders for PromQL, so that a rule reads as what it says. */

/** Where a label comes from: that label whole, or what a regular expression takes out of it. */
export type From = string | { readonly label: string; readonly regex: string; readonly as: string };

/** Writes labels anew from others; a label whose source does not match stays as it is. */
export function relabelled(expr: string, labels: Readonly<Record<string, From>>): string {
  let result = expr.trim();
  for (const [name, from] of Object.entries(labels)) {
    const { label, regex, as } = typeof from === 'string' ? { label: from, regex: '(.+)', as: '$1' } : from;
    result = `label_replace(\n${indented(result)},\n  ${text(name)}, ${text(as)}, ${text(label)}, ${text(regex)}\n)`;
  }
  return result;
}

/** `sum by (namespace, service) (…)`, over lines. */
export function by(aggregate: 'sum' | 'max', labels: readonly string[], expr: string): string {
  return `${aggregate} by (${labels.join(', ')}) (\n${indented(expr.trim())}\n)`;
}

/**
 * What a counter gained within ten minutes. Three cases, of which the first that fits holds:
 *
 * - It only grew: what it shows, less what it last showed ten minutes ago or before. That is exact, where `increase`
 *   extrapolates, and holds over scrapes that failed: what came meanwhile counts, and what was there before does not.
 * - It began again within these ten minutes: `increase` knows what was gained before that, too.
 * - It is new, or began again while nobody looked: all that it shows. A pod that was just started has served what it
 *   shows, and `increase` would miss the first of it, which may be all.
 */
export function newWithin10m(counter: string): string {
  return `round(
  (${counter} - last_over_time(${counter}[1h] offset 10m) >= 0 unless resets(${counter}[10m]) > 0)
  or
  (increase(${counter}[10m]) and resets(${counter}[10m]) > 0)
  or
  ${counter}
)`;
}

/** 2xx to 5xx of a status code; `none` where there was no answer, for which Knative writes -1 or 0. */
export function classOf(expr: string, label: string): string {
  const none = { label: '', regex: '', as: 'none' };
  return relabelled(relabelled(expr, { class: none }), {
    class: { label, regex: '([1-5])(?:xx|[0-9][0-9])', as: '$' + '{1}xx' },
  });
}

/**
 * Bounds in milliseconds as seconds. There is no arithmetic on labels: digits are moved. Prometheus 3 writes `5.0`
 * where 2 writes `5`.
 */
export function secondsFromMilliseconds(expr: string): string {
  const moves = [
    ['([0-9])(?:\\.0)?', '0.00$1'],
    ['([0-9]{2})(?:\\.0)?', '0.0$1'],
    ['([0-9]{3})(?:\\.0)?', '0.$1'],
    ['([0-9]+)000(?:\\.0)?', '$1'],
  ] as const;
  return moves.reduce((moved, [regex, as]) => relabelled(moved, { le: { label: 'le', regex, as } }), expr);
}

function text(value: string): string {
  return JSON.stringify(value);
}

function indented(lines: string): string {
  return lines.replace(/^/gm, '  ');
}
