/** Tables of text, medians of rounds, and how busy the machine is. */
import { loadavg } from 'node:os';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => cell.padEnd((widths[column] ?? 0) + 2)).join('');
  return [head, ...rows].map((row) => line(row).trimEnd()).join('\n');
}

export function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The machine's, of the last minute. */
export function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

export function verdict(aim: string, isMet: boolean, found: string): string {
  return `${isMet ? 'met   ' : 'MISSED'}  ${aim}: ${found}`;
}
