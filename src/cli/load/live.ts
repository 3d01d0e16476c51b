/** How a load goes, drawn on the terminal again and again until it is over. */
import { peak } from '../../simulate/values.ts';
import { curve } from '../curve.ts';
import type { Colors, TextSink } from '../io.ts';
import type { Measured } from './measured.ts';
import { rate, span, time, whole } from './words.ts';

const USUAL_COLUMNS = 80;
const LABEL = 12;
/** ` 12,345 a second`. */
const BEHIND = 18;
const BAR = 30;

/** Lines without an end, each within the columns. */
export function liveLines(measured: Measured, colors: Colors, columns: number = USUAL_COLUMNS): string[] {
  const { url, plan, tally, loop, seconds, elapsedMs } = measured;
  const width = Math.max(10, columns - LABEL - BEHIND);
  const line = (label: string, values: Float64Array, now: string) =>
    `${label.padEnd(LABEL)}${curve(values.subarray(-width), Math.min(width, values.length), peak(values))}  ${now}`;
  const { rates, p99s } = seconds;
  const part = Math.min(1, elapsedMs / 1000 / plan.seconds);
  const full = Math.round(part * BAR);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
  const failed = tally.failed === 0 ? '' : `, ${whole(tally.failed)} failed`;
  const waiting = loop.due - loop.sent - unsent(measured);
  const waits = waiting > 0 ? `, ${whole(waiting)} wait for a connection` : '';
  const lines = [
    colors.bold(cut(url, columns)),
    cut(`${bar} ${span(Math.floor(elapsedMs / 1000))} of ${span(plan.seconds)}; Ctrl-C ends`, columns),
    cut(`${whole(tally.answered)} answered${failed}, ${whole(loop.underWay)} under way${waits}`, columns),
  ];
  if (rates.length > 0) {
    lines.push(colors.cyan(line('answers/s', rates, rate(rates.at(-1) ?? 0))));
    lines.push(colors.dim(line('p99', p99s, time(p99s.at(-1) ?? 0))));
  }
  return lines;
}

/** Given up before they were sent. */
function unsent({ tally, loop }: Measured): number {
  return Math.max(0, tally.answered + tally.unanswered + loop.underWay - loop.sent);
}

/** Draws over what it drew before. */
export class Live {
  readonly #sink: TextSink;
  #drawn = 0;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  draw(lines: readonly string[]): void {
    this.#sink.write(`${this.#back()}${lines.map((line) => `${line}\n`).join('')}`);
    this.#drawn = lines.length;
  }

  clear(): void {
    this.#sink.write(this.#back());
    this.#drawn = 0;
  }

  /** Up to where the last drawing began, and everything below goes. */
  #back(): string {
    return this.#drawn === 0 ? '' : `\x1b[${this.#drawn}A\x1b[J`;
  }
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}
