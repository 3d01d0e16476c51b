/** Cuts a file into documents at the places where kubectl does. */

/** A document's text from `start` to `end`; `separator` is set where its `---` line is one that Kubernetes refuses. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly separator?: { readonly offset: number; readonly text: string };
}

/**
 * Kubernetes cuts before it parses (k8s.io/apimachinery pkg/util/yaml decoder.go, YAMLReader): every line that starts
 * with `---` ends a document, also inside a block scalar or a quoted string, and nothing but a comment may follow on
 * that line. What stands between two such lines is a document of its own, so that a broken one leaves the others
 * readable.
 *
 * @param from where to begin; it must be the start of a line
 * @param isFirstLineText whether the first line is text even if it starts with `---` (after a byte order mark)
 */
export function splitDocuments(text: string, from: number, isFirstLineText: boolean): Chunk[] {
  const chunks: Chunk[] = [];
  let start = from;
  let separator: Chunk['separator'];
  let line = isFirstLineText ? nextSeparator(text, from) : separatorAtOrAfter(text, from);

  while (line !== -1) {
    if (line > start || separator !== undefined) chunks.push(chunk(start, line, separator));
    const lineEnd = endOfLine(text, line);
    const rest = text.slice(line + 3, lineEnd).trim();
    separator = rest === '' || rest.startsWith('#') ? undefined : { offset: line, text: rest };
    start = Math.min(lineEnd + 1, text.length);
    line = separatorAtOrAfter(text, start);
  }
  if (text.length > start || separator !== undefined) chunks.push(chunk(start, text.length, separator));
  return chunks;
}

function chunk(start: number, end: number, separator: Chunk['separator']): Chunk {
  return separator === undefined ? { start, end } : { start, end, separator };
}

function separatorAtOrAfter(text: string, lineStart: number): number {
  return text.startsWith('---', lineStart) ? lineStart : nextSeparator(text, lineStart);
}

function nextSeparator(text: string, from: number): number {
  const lineBreak = text.indexOf('\n---', from);
  return lineBreak === -1 ? -1 : lineBreak + 1;
}

function endOfLine(text: string, from: number): number {
  const lineBreak = text.indexOf('\n', from);
  return lineBreak === -1 ? text.length : lineBreak;
}
