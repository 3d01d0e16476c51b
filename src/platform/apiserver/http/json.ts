/** JSON as bodies bring it: the value, and the keys that stand twice, which JSON.parse does not tell. */
import type { JsonValue } from '../../../kubernetes/json.ts';
import { badRequest } from '../status/failure.ts';

/** Deeper than any object that means something; walks of it stay clear of the end of the stack. */
const MAX_DEPTH = 1000;

/** @throws Failure 400 where the text is no JSON, or nested too deeply */
export function parseJson(text: string): JsonValue {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  checkDepth(text);
  return value as JsonValue; // JSON.parse gives nothing else
}

/** The text has been parsed already: what is no string is brackets, or does not matter. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++;
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth--;
    if (depth > MAX_DEPTH) throw badRequest(`the body is nested more than ${MAX_DEPTH} levels deep`);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** The place of the quote that ends the string that starts here. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}

interface Level {
  /** Of an object; undefined for an array. */
  readonly keys: Set<string> | undefined;
  /** Where the value that is being read stands. */
  key: string;
  index: number;
  isKeyNext: boolean;
}

/** How many are told; a body of nothing else must not become as many sentences. */
const MOST_DUPLICATES = 100;

/** Paths of the keys that stand twice in one object, as sigs.k8s.io/json writes them: `spec.containers[0].name`. */
export function duplicateKeys(text: string): string[] {
  const found = new Set<string>();
  const levels: Level[] = [];
  for (let at = 0; at < text.length && found.size < MOST_DUPLICATES; at++) {
    const level = levels[levels.length - 1];
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
        levels.push({ keys: new Set(), key: '', index: 0, isKeyNext: true });
        break;
      case OPEN_ARRAY:
        levels.push({ keys: undefined, key: '', index: 0, isKeyNext: false });
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        levels.pop();
        break;
      case COMMA:
        if (level?.keys === undefined) level !== undefined && level.index++;
        else level.isKeyNext = true;
        break;
      case COLON:
        if (level !== undefined) level.isKeyNext = false;
        break;
      case QUOTE: {
        const end = endOfString(text, at);
        if (level?.keys !== undefined && level.isKeyNext) {
          level.key = String(JSON.parse(text.slice(at, end + 1)));
          if (level.keys.has(level.key)) found.add(pathOf(levels));
          level.keys.add(level.key);
        }
        at = end;
        break;
      }
    }
  }
  return [...found];
}

function pathOf(levels: readonly Level[]): string {
  return levels
    .map(({ keys, key, index }, depth) => (keys === undefined ? `[${index}]` : depth === 0 ? key : `.${key}`))
    .join('');
}
