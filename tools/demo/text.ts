/** How the page is laid out: for a terminal of 100 columns. */
const WIDTH = 100;
const INDENT = '  ';

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows
    .map((row) => `${INDENT}${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}

/** Lines that a program prints, indented; what is longer goes on below, further in. */
export function quoted(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) => folded(line.trimEnd()))
    .join('\n');
}

function folded(text: string): string[] {
  const lines: string[] = [];
  let line = INDENT;
  for (const word of text.split(' ')) {
    const isFirst = line.trim() === '';
    if (!isFirst && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${INDENT}${INDENT}${INDENT}${word}`;
    } else {
      // several spaces in a row are columns of a table, and stay
      line += lines.length === 0 && line === INDENT ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}
