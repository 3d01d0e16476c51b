/** One document's text to its value: js-yaml's parser with bounds around it, and its complaints as sentences. */
import { EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import { type AliasBudget, type Composed, compose } from './compose.ts';
import { ReadFailure } from './inputError.ts';
import { tooDeep } from './jsonText.ts';
import { MAX_DEPTH, MAX_NODE_MARKS } from './limits.ts';
import type { NodeTableBuilder } from './nodeTable.ts';
import { unprintableAt } from './text.ts';

/** The first document of a text, and where a second begins, which Kubernetes drops without a word. */
export interface Parsed extends Composed {
  /** Offset of text after `...`, in the file. */
  readonly dropped?: number;
}

/**
 * @returns undefined where the text has no document: nothing, or only comments
 * @throws ReadFailure
 */
export function parseDocument(
  text: string,
  base: number,
  table: NodeTableBuilder,
  budget: AliasBudget,
): Parsed | undefined {
  const end = documentEnd(text);
  const own = end === -1 ? text : text.slice(0, end);
  checkCharacters(own, base);
  checkSize(own, base);

  const events = parse(own, base);
  const composed = events.length === 0 ? undefined : compose(events, own, base, table, budget);
  if (end === -1) return composed;

  const dropped = contentAfter(text, end);
  if (composed === undefined)
    return dropped === -1 ? undefined : parseDocument(text.slice(dropped), base + dropped, table, budget);
  return dropped === -1 ? composed : { ...composed, dropped: base + dropped };
}

/** Offset of a line that is the document end marker `...`, or -1. */
function documentEnd(text: string): number {
  if (/^\.\.\.(?:\s|$)/.test(text.slice(0, 4))) return 0;
  for (let at = text.indexOf('\n...'); at !== -1; at = text.indexOf('\n...', at + 4)) {
    if (at + 4 >= text.length || ' \t\r\n'.includes(text.charAt(at + 4))) return at + 1;
  }
  return -1;
}

/** Offset of the first line after the marker that is neither blank nor a comment, or -1. */
function contentAfter(text: string, marker: number): number {
  const rest = /^(?:\.\.\.)?[ \t]*(?:#[^\n]*)?\r?(?:\n|$)/;
  for (let at = marker; at < text.length; ) {
    const lineEnd = text.indexOf('\n', at);
    const next = lineEnd === -1 ? text.length : lineEnd + 1;
    if (!rest.test(text.slice(at, Math.min(next, at + 10_000)))) return at;
    at = next;
  }
  return -1;
}

function checkCharacters(text: string, base: number): void {
  const at = unprintableAt(text, 0);
  if (at === -1) return;
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  throw new ReadFailure(
    'syntax',
    `the control character U+${code} stands here; write it as an escape in double quotes`,
    base + at,
  );
}

/** Node marks are counted only where a text is long enough to hold too many. */
function checkSize(text: string, base: number): void {
  if (text.length <= MAX_NODE_MARKS) return;
  let marks = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 10 || char === 44 || char === 91 || char === 123) marks++;
  }
  if (marks > MAX_NODE_MARKS) {
    throw new ReadFailure('limit', 'the document has more than four million values; split it into several files', base);
  }
}

function parse(text: string, base: number): Event[] {
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    return events[0]?.type === EVENT_ID.DOCUMENT ? events : [];
  } catch (error) {
    throw failure(error, base);
  }
}

function failure(error: unknown, base: number): ReadFailure {
  if (error instanceof RangeError) return tooDeep(base);
  if (!(error instanceof YAMLException))
    return new ReadFailure('syntax', `cannot be read as YAML: ${String(error)}`, base);

  const offset = base + (error.mark?.position ?? 0);
  if (error.reason.startsWith('nesting exceeded')) return tooDeep(offset);
  const advice = ADVICE.find(([reason]) => error.reason.includes(reason))?.[1];
  return new ReadFailure(
    'syntax',
    `cannot be read as YAML: ${error.reason}${advice === undefined ? '' : `; ${advice}`}`,
    offset,
  );
}

/** js-yaml says what it met; this says what to write. */
const ADVICE: readonly (readonly [string, string])[] = [
  ['tab characters', 'indent with spaces'],
  ['bad indentation of a mapping', 'align the keys of a mapping, and quote a value that has ": " in it'],
  ['bad indentation of a sequence', 'align the dashes of a list'],
  ['deficient indentation', 'indent it further than the line that it belongs to'],
  ['multiline key', 'write "key: value" on one line'],
  ["expected ':'", 'write "key: value"'],
  ['single quoted', "close it with '"],
  ['double quoted', 'close it with "'],
  ['flow collection', 'close it with ] or }, and put commas between the entries'],
  ['escape sequence', 'double the backslash, or use single quotes'],
  ['end of the stream or a document separator', 'put --- on a line of its own before a second document'],
];
