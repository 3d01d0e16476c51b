/** One document's text to its value: js-yaml's parser, what it must be told, and its complaints as sentences. */
import { EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import { type Composed, compose } from './compose.ts';
import { ReadFailure } from './inputError.ts';
import { tooDeep } from './jsonText.ts';
import { MAX_DEPTH, MAX_NODE_MARKS, type ReadingBudget } from './limits.ts';
import type { NodeTableBuilder } from './nodeTable.ts';
import { RepairedText } from './repair.ts';
import { checkTabs } from './tabs.ts';
import { checkCharacters } from './text.ts';

/**
 * The value of a text that is one document, without separators.
 *
 * @param base the text's offset in the file; offsets in the table and in failures are those of the file
 * @returns undefined where there is nothing, or only comments
 * @throws ReadFailure
 */
export function parseDocument(
  text: string,
  base: number,
  table: NodeTableBuilder,
  budget: ReadingBudget,
): Composed | undefined {
  let offsetInFile = (offset: number): number => base + offset;
  try {
    checkCharacters(text);
    checkSize(text);
    checkEndMarker(text);
    // kubectl ends every line that it passes on.
    const parsed = parse(text.endsWith('\n') ? text : `${text}\n`, budget);
    if (parsed.repaired !== undefined) {
      const { repaired } = parsed;
      offsetInFile = (offset) => base + repaired.original(offset);
    }
    if (parsed.events.length === 0) return undefined;

    const composed = compose(parsed.events, parsed.text, table, budget);
    table.translate(offsetInFile);
    return composed;
  } catch (error) {
    if (error instanceof ReadFailure) throw new ReadFailure(error.reason, error.message, offsetInFile(error.offset));
    throw error;
  }
}

/** Node marks are counted only where a text is long enough to hold too many. */
function checkSize(text: string): void {
  if (text.length <= MAX_NODE_MARKS) return;
  let marks = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 10 || char === 13 || char === 44 || char === 91 || char === 123) marks++;
  }
  if (marks > MAX_NODE_MARKS) {
    throw new ReadFailure(
      'limit',
      'the document has more than two million lines and values; split it into several files',
      0,
    );
  }
}

/** A marker `...` that ends a document was cut off with what follows it; one that is left has no document before it. */
function checkEndMarker(text: string): void {
  if (!text.startsWith('...') && !text.includes('\n...')) return;
  const at = text.search(/^\.\.\.(?=[ \t\r\n]|$)/m);
  if (at !== -1) throw new ReadFailure('syntax', 'the end marker ... has no document before it; remove it', at);
}

interface Parsed {
  readonly events: readonly Event[];
  readonly text: string;
  /** Set where it took spaces to read the text. */
  readonly repaired?: RepairedText;
}

function parse(text: string, budget: ReadingBudget): Parsed {
  const events = tryParse(text);
  if (Array.isArray(events)) return { events, text };

  const repaired = new RepairedText(text);
  let failure = events;
  while (budget.reparsedCharacters > 0) {
    if (!(failure instanceof YAMLException) || !repaired.repair(failure)) break;
    budget.reparsedCharacters -= repaired.text.length;
    const again = tryParse(repaired.text);
    if (Array.isArray(again)) return { events: again, text: repaired.text, repaired };
    failure = again;
  }
  const failed = readFailure(failure, repaired.text);
  throw new ReadFailure(failed.reason, failed.message, repaired.original(failed.offset));
}

/** The events, or what was thrown. */
function tryParse(text: string): Event[] | Error {
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH });
    if (text.includes('\t')) checkTabs(text, events);
    return events[0]?.type === EVENT_ID.DOCUMENT ? events : [];
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function readFailure(error: Error, text: string): ReadFailure {
  if (error instanceof ReadFailure) return error;
  if (error instanceof RangeError) return tooDeep(0);
  if (!(error instanceof YAMLException))
    return new ReadFailure('syntax', `cannot be read as YAML: ${error.message}`, 0);

  // What is missing at the end is missing after the last character, not on the empty lines after it.
  const offset = Math.min(error.mark?.position ?? 0, text.trimEnd().length);
  if (error.reason.startsWith('nesting exceeded')) return tooDeep(offset);
  const advice = ADVICE.find(([reason]) => error.reason.includes(reason))?.[1];
  const message = `cannot be read as YAML: ${error.reason}${advice === undefined ? '' : `; ${advice}`}`;
  return new ReadFailure('syntax', message, offset);
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
  ['end of the stream or a document separator', 'align it with what is before it, or begin a new document with ---'],
];
