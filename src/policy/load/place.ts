/** Where inside a YAML scalar something stands: an offset in a text's value becomes a line and a column of its file. */

export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * The place of an offset in a scalar's value. Right for plain and quoted texts on one line and for `|` blocks; where
 * the file's text and the value do not run side by side (folded lines, escapes), the scalar's own place is the answer.
 *
 * @param source the file's text
 * @param start where the scalar begins, 1-based: its first character, quote, `|` or `>`
 * @param value the scalar's value
 */
export function placeInScalar(source: string, start: Position, value: string, offset: number): Position {
  const lines = source.split(/\r\n|\r|\n/);
  const before = value.slice(0, offset).split('\n');
  const lineInValue = before.length - 1;
  const columnInLine = before[lineInValue]?.length ?? 0;
  const wanted = value.split('\n')[lineInValue] ?? '';

  const first = lines[start.line - 1] ?? '';
  const opening = first.charAt(start.column - 1);
  const isBlock = opening === '|' || opening === '>';
  const line = isBlock ? start.line + 1 + lineInValue : start.line + lineInValue;
  const text = lines[line - 1] ?? '';
  const from =
    isBlock || lineInValue > 0 ? text.length - text.trimStart().length : start.column - 1 + quoteLength(opening);
  const indented = wanted.length - wanted.trimStart().length;
  const column = isBlock ? from - indented : from;

  if (column < 0 || !text.startsWith(wanted, column)) return start;
  return { line, column: column + columnInLine + 1 };
}

function quoteLength(opening: string): number {
  return opening === '"' || opening === "'" ? 1 : 0;
}
