/** Where a scalar begins to the reader's eye: at its quote or its `|`, not at the text inside as the events have it. */
import { SCALAR_STYLE, type ScalarEvent } from 'js-yaml';

/**
 * @param end where the node before ended: an empty scalar has no place of its own in the events
 * @returns an offset in the text; of an empty value its tag or anchor, else the colon or dash that it is empty after
 */
export function scalarStart(text: string, event: ScalarEvent, end: number): number {
  switch (event.style) {
    case SCALAR_STYLE.SINGLE_QUOTED:
    case SCALAR_STYLE.DOUBLE_QUOTED:
      return event.valueStart - 1;
    case SCALAR_STYLE.LITERAL_BLOCK:
      return blockHeader(text, event, end, '|');
    case SCALAR_STYLE.FOLDED_BLOCK:
      return blockHeader(text, event, end, '>');
    default:
      return event.valueStart === -1 ? emptyStart(text, event, end) : event.valueStart;
  }
}

/** Only a colon or dash, blanks, comments, a tag and an anchor stand between the node before and the header. */
function blockHeader(text: string, event: ScalarEvent, end: number, indicator: string): number {
  for (let at = Math.max(end, event.tagEnd, event.anchorEnd); at < event.valueStart; at++) {
    const char = text.charAt(at);
    if (char === indicator) return at;
    if (char === '#') at = text.indexOf('\n', at);
  }
  return event.valueStart;
}

function emptyStart(text: string, event: ScalarEvent, end: number): number {
  if (event.tagStart !== -1) return event.tagStart;
  if (event.anchorStart !== -1) return event.anchorStart - 1;

  const next = nextCharacter(text, end);
  const isIndicator = text.charAt(next) === ':' || text.charAt(next) === '-';
  return isIndicator ? next : end;
}

/** The next character that is not white space, a comment, or what closes a quoted string or a collection. */
function nextCharacter(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '#') {
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd === -1) return text.length;
      at = lineEnd;
    } else if (!'\n\r\t "\'}]'.includes(char)) {
      break;
    }
  }
  return at;
}
