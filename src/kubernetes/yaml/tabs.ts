/** Tabs outside of scalars and brackets, which js-yaml passes over and Kubernetes refuses. */
import { COLLECTION_STYLE, EVENT_ID, type Event } from 'js-yaml';
import { ReadFailure } from './inputError.ts';

/**
 * A tab may separate a value from its key or a comment from what is before it, but not begin a line, and not follow a
 * dash or a question mark (go-yaml scannerc.go, yaml_parser_scan_to_next_token). It is asked only about texts that have
 * a tab.
 *
 * @throws ReadFailure
 */
export function checkTabs(text: string, events: readonly Event[]): void {
  const stretches = passableStretches(events);
  let index = 0;
  for (let tab = text.indexOf('\t'); tab !== -1; tab = text.indexOf('\t', tab + 1)) {
    while ((stretches[index]?.end ?? Number.POSITIVE_INFINITY) < tab) index++;
    const stretch = stretches[index];
    const isPassable = stretch !== undefined && stretch.start <= tab;
    if (isPassable || !indents(text, tab)) continue;
    throw new ReadFailure('syntax', 'a tab stands where only spaces may indent; indent with spaces', tab);
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

function isBracketed(event: Event): boolean {
  return 'start' in event && event.style === COLLECTION_STYLE.FLOW;
}

function endLast(stretches: readonly Stretch[], end: number): void {
  const last = stretches.at(-1);
  if (last?.end === Number.POSITIVE_INFINITY) last.end = end;
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
