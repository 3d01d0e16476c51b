/** Services as a table for the terminal. Pure. */
import { oneLine } from '../../report/safeText.ts';
import type { Colors } from '../io.ts';
import type { RevisionView, ServiceView } from './services.ts';

const BAR = 10;
const HEADINGS = ['', 'TRAFFIC', 'PODS', 'REQ/S', 'P95', 'WAITING', ''] as const;

/** Lines without an end, cut to the columns of the terminal. */
export function draw(services: readonly ServiceView[], colors: Colors, columns: number | undefined): string[] {
  if (services.length === 0) return ['no Knative Services are here'];
  const rows = services.flatMap(({ revisions }) => revisions.map(cellsOf));
  const widths = HEADINGS.map((heading, index) =>
    Math.max(heading.length, ...rows.map((cells) => (cells[index] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) =>
        index < 2 || index === 6 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();

  const lines = [colors.dim(cut(line(HEADINGS), columns))];
  for (const { key, url, state, isReady, revisions } of services) {
    lines.push('', titleOf({ key, url, state, isReady }, colors, columns));
    for (const revision of revisions) {
      const text = cut(line(cellsOf(revision)), columns);
      lines.push(revision.percent > 0 ? text.replace(/█+/, (bar) => colors.cyan(bar)) : colors.dim(text));
    }
  }
  return lines;
}

/**
 * As many as the terminal has room for: what is drawn over what was drawn before must not have scrolled away.
 *
 * @param rows of the terminal, of which the cursor takes the last
 */
export function fitting(lines: readonly string[], rows: number | undefined): readonly string[] {
  if (rows === undefined || lines.length < rows) return lines;
  const shown = Math.max(1, rows - 2);
  return [...lines.slice(0, shown), `… and ${lines.length - shown} lines more; -n shows one namespace alone`];
}

/** Cut as a whole, and coloured part by part. */
function titleOf(
  { key, url, state, isReady }: Omit<ServiceView, 'revisions'>,
  colors: Colors,
  columns: number | undefined,
): string {
  const paints = [colors.bold, isReady ? colors.green : colors.red, colors.dim];
  const room = columns ?? Number.POSITIVE_INFINITY;
  let used = 0;
  const parts: string[] = [];
  for (const [index, text] of [key, state, url].map(oneLine).entries()) {
    if (room - used < 2) break;
    const shown = cut(text, room === Number.POSITIVE_INFINITY ? undefined : room - used);
    parts.push(paints[index]?.(shown) ?? shown);
    used += shown.length + 2;
  }
  return parts.join('  ');
}

function cellsOf({ name, percent, tags, wanted, there, measured }: RevisionView): string[] {
  const tagged = tags.length === 0 ? '' : ` (${tags.join(', ')})`;
  return [
    `  ${oneLine(name + tagged)}`,
    `${bar(percent)} ${`${percent} %`.padStart(5)}`,
    wanted === undefined || wanted === there ? String(there) : `${there} of ${wanted}`,
    measured === undefined ? '-' : rate(measured.requestsPerSecond),
    measured?.p95 === undefined ? '-' : duration(measured.p95),
    measured === undefined ? '-' : String(measured.waiting),
    notes({ wanted, there, measured }),
  ];
}

function bar(percent: number): string {
  const full = percent > 0 ? Math.max(1, Math.round((percent / 100) * BAR)) : 0;
  return '█'.repeat(full) + '░'.repeat(BAR - full);
}

function notes({ wanted, there, measured }: Pick<RevisionView, 'wanted' | 'there' | 'measured'>): string {
  const found: string[] = [];
  if (measured !== undefined && measured.failuresPerSecond > 0)
    found.push(`${rate(measured.failuresPerSecond)} failed/s`);
  if (measured?.isPanicking === true) found.push('panic');
  if (there === 0 && wanted === 0) found.push('at zero');
  return found.join(', ');
}

function rate(perSecond: number): string {
  return perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toFixed(1);
}

function duration(seconds: number): string {
  return seconds < 1 ? `${Math.ceil(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

export function cut(line: string, columns: number | undefined): string {
  return columns === undefined || line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}
