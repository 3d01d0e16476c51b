/** Tabs where Kubernetes wants spaces, which js-yaml passes over. */
import { COLLECTION_STYLE, EVENT_ID, type Event, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { ReadFailure } from './inputError.ts';

/**
 * A tab may separate a value from its key or a comment from what is before it, but not begin a line outside of
 * brackets and scalars, not follow a dash or a question mark, and not indent the line after a plain scalar
 * (go-yaml scannerc.go, yaml_parser_scan_to_next_token and yaml_parser_scan_plain_scalar). It is asked only about texts
 * that have a tab.
 *
 * @throws ReadFailure
 */
export function checkTabs(text: string, events: readonly Event[]): void {
  checkPlainScalars(text, events);
  const stretches = passableStretches(events);
  let index = 0;
  for (let tab = text.indexOf('\t'); tab !== -1; tab = text.indexOf('\t', tab + 1)) {
    while ((stretches[index]?.end ?? Number.POSITIVE_INFINITY) < tab) index++;
    const stretch = stretches[index];
    const isPassable = stretch !== undefined && stretch.start <= tab;
    if (!isPassable && indents(text, tab)) throw failure(tab);
  }
}

interface Stretch {
  readonly start: number;
  end: number;
}

/** Scalars, and everything from a bracket to the next event after it closes. */
function passableStretches(events: readonly Event[]): Stretch[] {
  const stretches: Stretch[] = [];
  const open: boolean[] = [];
  let flowDepth = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      if (open.pop() === true) flowDepth--;
      continue;
    }
    const start = startOf(event);
    if (flowDepth === 0 && start !== -1) {
      endLast(stretches, start - 1);
      if (event.type === EVENT_ID.SCALAR) stretches.push({ start, end: event.valueEnd - 1 });
      else if (isBracketed(event)) stretches.push({ start, end: Number.POSITIVE_INFINITY });
    }
    if (event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS) continue;
    if (isBracketed(event)) flowDepth++;
    open.push(isBracketed(event));
  }
  return stretches;
}

function checkPlainScalars(text: string, events: readonly Event[]): void {
  /** The column of each open collection; one in brackets has that of the block around it. */
  const columns: number[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.POP) columns.pop();
    else if (event.type === EVENT_ID.SCALAR) checkPlainScalar(text, event, columns.at(-1) ?? -1);
    else if (isBracketed(event) || event.type === EVENT_ID.DOCUMENT) columns.push(columns.at(-1) ?? -1);
    else if (event.type !== EVENT_ID.ALIAS) columns.push(columnOf(text, event.start));
  }
}

/** Up to the next token go-yaml reads on as if the scalar went over several lines. */
function checkPlainScalar(text: string, event: ScalarEvent, indentation: number): void {
  if (event.style !== SCALAR_STYLE.PLAIN || event.valueStart === -1) return;
  let lineStart = -1;
  for (let at = event.valueStart; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\n' || char === '\r') lineStart = at + 1;
    else if (char === '\t' && lineStart !== -1 && at - lineStart <= indentation) throw failure(at);
    else if (char !== ' ' && char !== '\t') {
      if (at >= event.valueEnd) return;
      lineStart = -1;
    }
  }
}

function failure(offset: number): ReadFailure {
  return new ReadFailure('syntax', 'a tab stands where only spaces may indent; indent with spaces', offset);
}

function isBracketed(event: Event): boolean {
  return 'start' in event && event.style === COLLECTION_STYLE.FLOW;
}

function endLast(stretches: readonly Stretch[], end: number): void {
  const last = stretches.at(-1);
  if (last?.end === Number.POSITIVE_INFINITY) last.end = end;
}

function columnOf(text: string, offset: number): number {
  return offset - 1 - Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1));
}

function startOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart;
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return -1;
  }
}

/** Whether nothing but blanks, dashes and question marks stand between the start of the line and the tab. */
function indents(text: string, tab: number): boolean {
  for (let at = tab - 1; at >= 0; at--) {
    const char = text.charAt(at);
    if (char === '\n' || char === '\r') return true;
    if (char !== ' ' && char !== '\t' && char !== '-' && char !== '?') return false;
  }
  return true;
}
