/** What a process tells Prometheus, read as far as it takes to add up samples (prometheus.io, exposition formats). */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Lines that are none are passed over: comments, and whatever else somebody serves there. */
export function readSamples(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const match = line.startsWith('#') ? null : LINE.exec(line);
    if (match === null) continue;
    const [, name = '', labels = '', value = ''] = match;
    const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
    if (Number.isNaN(number)) continue;
    samples.push({ name, labels: labelsOf(labels), value: number });
  }
  return samples;
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const labels: [string, string][] = [];
  for (const [, name = '', value = ''] of text.matchAll(LABEL)) labels.push([name, value.replace(/\\(.)/g, unescaped)]);
  return Object.fromEntries(labels);
}

function unescaped(_: string, letter: string): string {
  return letter === 'n' ? '\n' : letter;
}
