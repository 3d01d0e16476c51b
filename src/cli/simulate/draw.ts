/** A simulation as text: curves over the time of the recording, and a table of what each setting comes to. Pure. */
import type { Simulation, Traffic, Workload } from '../../simulate/model.ts';
import { peak, sum } from '../../simulate/values.ts';
import { curve } from '../curve.ts';
import type { Colors } from '../io.ts';
import { hoursLine } from './hours.ts';

export interface Run {
  readonly label: string;
  readonly workload: Workload;
  readonly simulation: Simulation;
}

export interface Drawing {
  readonly name: string;
  readonly environment: string | undefined;
  readonly requestTime: number;
  readonly startTime: number;
  readonly traffic: Traffic;
  /** The manifest as it is first. */
  readonly runs: readonly Run[];
  /** Of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  readonly colors: Colors;
}

const USUAL_COLUMNS = 80;
/** `requests/s  ` and `  12,345`. */
const LABEL = 12;
const PEAK = 9;
const LEAST_WIDTH = 20;

export function draw(drawing: Drawing): string {
  const { traffic, runs, colors, columns = USUAL_COLUMNS } = drawing;
  const width = Math.max(LEAST_WIDTH, Math.min(traffic.rates.length, columns - LABEL - PEAK));
  const row = (label: string, values: Float64Array, paint: (text: string) => string, top = peak(values)) =>
    `${label.padEnd(LABEL)}${paint(curve(values, width, top))}${number(peak(values)).padStart(PEAK)}`;

  const lines = [titleOf(drawing), '', row('requests/s', traffic.rates, colors.dim), ''];
  const mostPods = Math.max(...runs.map(({ simulation }) => peak(simulation.pods)));
  for (const { label, simulation } of runs) {
    if (runs.length > 1) lines.push(colors.bold(label));
    lines.push(row('pods', simulation.pods, colors.green, mostPods));
    if (simulation.totals.waited > 0) lines.push(row('waiting', simulation.waiting, colors.yellow));
    if (runs.length > 1) lines.push('');
  }
  lines.push(
    `${' '.repeat(LABEL)}${colors.dim(hoursLine(traffic, width))}`,
    '',
    ...table(drawing),
    '',
    ...notes(drawing),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function titleOf({ name, environment, traffic, colors }: Drawing): string {
  const { rates } = traffic;
  const mean = sum(rates) / rates.length;
  const where = environment === undefined ? '' : ` · ${environment}`;
  return `${colors.bold(name)}${where} · ${spanText(rates.length)} of traffic: ${number(mean)} requests a second, ${number(peak(rates))} at most`;
}

const COLUMNS = ['', 'pods', 'pod-hours', 'cold starts', 'waited', 'longest wait', 'panic'] as const;

function table({ runs, colors }: Drawing): string[] {
  const rows = runs.map(({ label, simulation: { totals } }) => [
    label,
    number(totals.mostPods),
    number(totals.podHours),
    number(totals.coldStarts),
    `${number(totals.waited)} (${percent(totals.waited, totals.requests)})`,
    spanText(totals.longestWait),
    spanText(totals.panic),
  ]);
  const widths = COLUMNS.map((head, index) => Math.max(head.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ');
  return [colors.dim(line(COLUMNS)), ...rows.map(line)];
}

function notes({ requestTime, startTime, runs, colors }: Drawing): string[] {
  const said = [
    `a request takes ${timeText(requestTime)} (--request-time), a pod ${timeText(startTime)} to start (--start-time)`,
  ];
  for (const { label, workload, simulation } of runs) {
    const left = simulation.totals.left;
    if (left >= 1) said.push(`${label}: ${number(left)} requests still wait at the end: ${tooFew(workload)}`);
  }
  return said.map((line) => colors.dim(line));
}

function tooFew({ settings: { maxScale }, containerConcurrency }: Workload): string {
  return Number.isFinite(maxScale)
    ? `max-scale ${maxScale} with containerConcurrency ${containerConcurrency} is too little`
    : 'there are no pods yet';
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${number((part / whole) * 100)} %`;
}

function timeText(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${number(seconds)} s`;
}

function spanText(seconds: number): string {
  if (seconds < 120) return `${number(seconds)} s`;
  return seconds < 2 * 3600 ? `${number(seconds / 60)} min` : `${number(seconds / 3600)} h`;
}
