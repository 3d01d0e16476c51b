/** Cuts a file into documents at the places where kubectl does. */
import { MAX_DOCUMENTS } from './limits.ts';

/** A document's text from `start` to `end`. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  /** The `---` line before it, where Kubernetes refuses what follows on that line. */
  readonly separator?: Remark;
  /** What stands after the document's end marker `...`, which Kubernetes drops without a word. */
  readonly dropped?: Remark;
}

export interface Remark {
  readonly offset: number;
  readonly text: string;
}

/**
 * Kubernetes cuts before it parses (k8s.io/apimachinery pkg/util/yaml decoder.go, YAMLReader): every line that starts
 * with `---` ends a document, also inside a block scalar or a quoted string, and nothing but a comment may follow on
 * that line. What stands between two such lines is a document of its own, so that a broken one leaves the others
 * readable. A line `...` ends a document in YAML itself, wherever it stands. Of too many documents the last holds the
 * rest of the text.
 *
 * @param from where to begin; it must be the start of a line
 * @param isFirstLineText whether the first line is text even if it starts with `---` (after a byte order mark)
 */
export function splitDocuments(text: string, from: number, isFirstLineText: boolean): Chunk[] {
  const chunks: Chunk[] = [];
  const hasMarkers = text.includes('\n...', from);
  let start = from;
  let separator: Remark | undefined;
  let isBufferEmpty = true;
  let line = isFirstLineText ? nextSeparator(text, from) : separatorAtOrAfter(text, from);

  while (line !== -1 && chunks.length <= MAX_DOCUMENTS) {
    if (line > start || separator !== undefined) chunks.push(chunk(text, start, line, separator, hasMarkers));
    const lineEnd = endOfLine(text, line);
    const rest = text.slice(line + 3, lineEnd).trim();
    // A separator with nothing before it is passed on with what follows, and there `---#` begins a text.
    isBufferEmpty = isBufferEmpty && line === start;
    const isText = isBufferEmpty && text.charAt(line + 3) === '#';
    isBufferEmpty = !isBufferEmpty;
    separator = rest === '' || (rest.startsWith('#') && !isText) ? undefined : { offset: line, text: rest };
    start = Math.min(lineEnd + 1, text.length);
    line = separatorAtOrAfter(text, start);
  }
  if (text.length > start || separator !== undefined)
    chunks.push(chunk(text, start, text.length, separator, hasMarkers));
  return chunks;
}

function chunk(text: string, start: number, end: number, separator: Remark | undefined, hasMarkers: boolean): Chunk {
  const marker = hasMarkers ? endMarker(text, start, end) : -1;
  const dropped = marker === -1 ? undefined : contentAfter(text, marker, end);
  return {
    start,
    end: marker === -1 ? end : marker,
    ...(separator !== undefined && { separator }),
    ...(dropped !== undefined && { dropped }),
  };
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

/** Offset of the first line `...` that has a document before it, or -1; one without stays in the text, as an error. */
function endMarker(text: string, start: number, end: number): number {
  const content = contentAfter(text, start, end);
  if (content === undefined) return -1;
  const own = text.slice(start, end);
  for (let at = own.indexOf('\n...'); at !== -1; at = own.indexOf('\n...', at + 4)) {
    const isMarker = at + 4 === own.length || ' \t\r\n'.includes(own.charAt(at + 4));
    if (isMarker && content.offset <= start + at) return start + at + 1;
  }
  return -1;
}

/** The first line from here on, past an end marker, that is neither blank nor a comment. */
function contentAfter(text: string, from: number, end: number): Remark | undefined {
  for (let at = from; at < end; ) {
    const lineEnd = Math.min(endOfLine(text, at), end);
    const line = text.slice(at, lineEnd);
    const content = (at === from && line.startsWith('...') ? line.slice(3) : line).trim();
    if (content !== '' && !content.startsWith('#')) return { offset: at, text: content };
    at = lineEnd + 1;
  }
  return undefined;
}
