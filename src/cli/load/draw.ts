/** A load as text: what was sent, what came back, and how long it took. Pure. */
import { peak } from '../../simulate/values.ts';
import { curve } from '../curve.ts';
import type { Colors } from '../io.ts';
import type { Measured } from './measured.ts';
import { BOUNDS, type Latencies, type Tally } from './tally.ts';
import { rate, share, span, time, whole } from './words.ts';

const USUAL_COLUMNS = 80;
const LEAST_WIDTH = 10;
const MOST_WIDTH = 50;
const LABEL = 12;
/** Behind a bar: ` 1,234,567  100 %`. */
const BEHIND = 24;

/** @param columns of the terminal; undefined where there is none */
export function draw(measured: Measured, colors: Colors, columns: number = USUAL_COLUMNS): string {
  const { tally } = measured;
  const width = Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, columns - LABEL - BEHIND - 2));
  const lines = [...headOf(measured, colors), ''];
  if (tally.answered > 0) {
    lines.push(...percentiles(tally.latencies, colors), '', ...histogram(tally.latencies, width, colors), '');
    lines.push(...curves(measured, width, colors));
  }
  const paint = (status: number) => (status >= 400 ? colors.red : status >= 300 ? colors.yellow : colors.green);
  const statuses = [...tally.statuses].sort(([one], [other]) => one - other);
  const all = tally.answered + tally.unanswered;
  lines.push(
    ...counts(
      'status',
      statuses.map(([status, times]) => [`${paint(status)(String(status))}${saidText(tally, status)}`, times]),
      all,
      colors,
    ),
  );
  const by = [...tally.by].sort(byCount);
  lines.push(...counts(`answered by (${measured.by})`, by, tally.answered, colors));
  const problems = [...tally.problems].sort(byCount);
  lines.push(
    ...counts(
      'no answer',
      problems.map(([problem, times]) => [colors.red(problem), times]),
      all,
      colors,
    ),
  );
  const notes = notesOf(measured);
  lines.push(...notes.map((note) => colors.yellow(note)));
  while (lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function saidText({ said }: Tally, status: number): string {
  const text = said.get(status);
  return text === undefined ? '' : `  ${text}`;
}

function headOf({ url, plan, tally, loop, elapsedMs }: Measured, colors: Colors): string[] {
  const seconds = elapsedMs / 1000;
  const unanswered = tally.unanswered === 0 ? '' : `, ${colors.red(`${whole(tally.unanswered)} not`)}`;
  const underWay = loop.underWay === 0 ? '' : `, ${whole(loop.underWay)} under way when it was ended`;
  const perSecond = seconds === 0 ? 0 : tally.answered / seconds;
  return [
    `${colors.bold(url)}  ${rate(plan.rate)} requests a second for ${span(plan.seconds)}`,
    `${whole(loop.due)} due, ${whole(tally.answered)} answered${unanswered}${underWay}: ${rate(perSecond)} a second in ${span(seconds)}`,
  ];
}

const SHARES = [50, 90, 95, 99, 99.9] as const;

function percentiles(latencies: Latencies, colors: Colors): string[] {
  const cells: [string, string][] = [
    ['mean', time(latencies.mean)],
    ...SHARES.map((percent): [string, string] => [`p${percent}`, time(latencies.percentile(percent))]),
    ['max', time(latencies.max)],
  ];
  const widths = cells.map(([head, value]) => Math.max(head.length, value.length));
  const row = (at: 0 | 1) => cells.map((cell, index) => cell[at].padStart(widths[index] ?? 0)).join('  ');
  return [`${' '.repeat(LABEL)}${colors.dim(row(0))}`, `${'latency'.padEnd(LABEL)}${row(1)}`];
}

function histogram(latencies: Latencies, width: number, colors: Colors): string[] {
  const { counts } = latencies;
  const first = counts.findIndex((times) => times > 0);
  const last = counts.findLastIndex((times) => times > 0);
  const most = Math.max(...counts);
  return counts.slice(first, last + 1).map((times, index) => {
    const bound = BOUNDS[first + index] ?? 0;
    const length = times === 0 ? 0 : Math.max(1, Math.round((times / most) * width));
    const label = `to ${bound >= 1000 ? `${bound / 1000} s` : `${bound} ms`}`;
    const bar = colors.cyan('█'.repeat(length)) + ' '.repeat(width - length);
    return `${label.padStart(LABEL - 2)}  ${bar} ${whole(times).padStart(9)}  ${share(times, latencies.count).padStart(11)}`;
  });
}

/** Over the time of the load; one of a second or two shows nothing by it. */
function curves({ seconds: { rates, p99s } }: Measured, width: number, colors: Colors): string[] {
  if (rates.length < 3) return [];
  const across = Math.min(width, rates.length);
  const line = (label: string, values: Float64Array, most: string) =>
    `${label.padEnd(LABEL)}${colors.dim(curve(values, across, peak(values)))}  ${most} at most`;
  return [line('answers/s', rates, rate(peak(rates))), line('p99', p99s, time(peak(p99s))), ''];
}

function counts(title: string, rows: readonly (readonly [string, number])[], all: number, colors: Colors): string[] {
  if (rows.length === 0) return [];
  const widest = Math.max(...rows.map(([, times]) => whole(times).length));
  return [
    colors.dim(title),
    ...rows.map(([name, times]) => `  ${whole(times).padStart(widest)}  ${share(times, all).padStart(7)}  ${name}`),
    '',
  ];
}

/** What makes the figures other than they look. */
function notesOf({ plan, loop: { waited, behind, sent } }: Measured): string[] {
  const notes: string[] = [];
  if (waited > 0) {
    notes.push(
      `${whole(waited)} requests were sent late, since ${whole(plan.connections)} were under way; the wait is in their latency (--connections allows more)`,
    );
  }
  if (behind > sent / 100) {
    notes.push(
      `${whole(behind)} requests were sent late, since this machine did not come to it: with fewer --rps the figures say more about what answers`,
    );
  }
  return notes;
}

function byCount([name, times]: readonly [string, number], [other, theirs]: readonly [string, number]): number {
  return theirs - times || (name < other ? -1 : 1);
}
