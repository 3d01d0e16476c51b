/** JSON as bodies bring it: the value, and the keys that stand twice, which JSON.parse does not tell. */
import type { JsonValue } from '../../../kubernetes/json.ts';
import { badRequest } from '../status/failure.ts';
import { jsonFault } from '../status/jsonFault.ts';
import { changed, isChanged, mayHoldLongInteger } from './integers.ts';

/** Deeper than any object that means something; walks of it stay clear of the end of the stack. */
const MAX_DEPTH = 1000;

/** @throws Failure 400 where the text is nested too deeply, or has an integer that a double does not hold */
export function parseJson(text: string): { readonly value: JsonValue } | { readonly fault: string } {
  try {
    const value: unknown = JSON.parse(text);
    checkDepth(text);
    checkIntegers(text);
    return { value: value as JsonValue }; // JSON.parse gives nothing else
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { fault: jsonFault(text) ?? 'invalid JSON' };
  }
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

function checkIntegers(text: string): void {
  if (!mayHoldLongInteger(text)) return;
  const onNumber = (literal: string, path: () => string): void => {
    if (isChanged(literal)) throw changed(path(), literal);
  };
  walkKeys(text, () => true, onNumber);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

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
  walkKeys(text, (pathOf, isAgain) => {
    if (isAgain) found.add(pathOf());
    return found.size < MOST_DUPLICATES;
  });
  return [...found];
}

/** Where each key stands: of one that stands twice, the second time. */
export function placesOfKeys(text: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  walkKeys(text, (pathOf, _isAgain, at) => {
    places.set(pathOf(), at);
    return true;
  });
  return places;
}

/** @param visit told of each key; false ends the walk @param onNumber told of each number, as it is written */
function walkKeys(
  text: string,
  visit: (pathOf: () => string, isAgain: boolean, at: number) => boolean,
  onNumber?: (literal: string, pathOf: () => string) => void,
): void {
  const levels: Level[] = [];
  const path = (): string => pathOf(levels);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const level = levels[levels.length - 1];
    if (onNumber !== undefined && isOfNumber(code)) {
      const end = endOfNumber(text, at);
      onNumber(text.slice(at, end), path);
      at = end - 1;
      continue;
    }
    if (code !== QUOTE) {
      step(code, levels, level);
      continue;
    }
    const end = endOfString(text, at);
    if (level?.keys !== undefined && level.isKeyNext) {
      level.key = String(JSON.parse(text.slice(at, end + 1)));
      const isAgain = level.keys.has(level.key);
      level.keys.add(level.key);
      if (!visit(path, isAgain, at)) return;
    }
    at = end;
  }
}

/** Outside of strings; the letters of `true`, `false` and `null` make no number by themselves. */
function isOfNumber(code: number): boolean {
  return (code >= ZERO && code <= NINE) || code === MINUS;
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && '0123456789+-.eE'.includes(text.charAt(end))) end++;
  return end;
}

function step(code: number, levels: Level[], level: Level | undefined): void {
  if (code === OPEN_OBJECT) levels.push({ keys: new Set(), key: '', index: 0, isKeyNext: true });
  else if (code === OPEN_ARRAY) levels.push({ keys: undefined, key: '', index: 0, isKeyNext: false });
  else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) levels.pop();
  else if (code === COLON && level !== undefined) level.isKeyNext = false;
  else if (code === COMMA && level?.keys !== undefined) level.isKeyNext = true;
  else if (code === COMMA && level !== undefined) level.index++;
}

function pathOf(levels: readonly Level[]): string {
  return levels
    .map(({ keys, key, index }, depth) => (keys === undefined ? `[${index}]` : depth === 0 ? key : `.${key}`))
    .join('');
}
