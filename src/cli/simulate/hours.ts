/** The line of times under a curve: hours of the day in UTC where the recording has a clock, else the time since its begin. */
import type { Traffic } from '../../simulate/model.ts';

/** Between two labels at least so many columns. */
const GAP = 8;
const STEPS = [10, 30, 60, 300, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 7 * 86_400];

export function hoursLine({ begin, rates }: Traffic, width: number): string {
  const seconds = rates.length;
  const perColumn = seconds / width;
  const step = STEPS.find((candidate) => candidate / perColumn >= GAP) ?? seconds;
  let line = '';
  const first = begin === 0 ? 0 : Math.ceil(begin / 1000 / step) * step;
  const origin = begin / 1000;
  for (let at = first; at < origin + seconds; at += step) {
    const column = Math.floor((at - origin) / perColumn);
    const label = begin === 0 ? elapsed(at, step) : clock(at, step);
    if (column + label.length > width) break;
    line = line.padEnd(column) + label;
  }
  return line + (begin === 0 ? '' : ' UTC');
}

function clock(at: number, step: number): string {
  const text = new Date(at * 1000).toISOString();
  return step < 86_400 ? text.slice(11, 16) : text.slice(5, 10);
}

function elapsed(at: number, step: number): string {
  if (step < 60) return `${at} s`;
  return step < 3600 ? `${at / 60} min` : `${at / 3600} h`;
}
