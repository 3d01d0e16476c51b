/**
 * What js-yaml reads and Kubernetes refuses: go-yaml's scanner is older and stricter in places
 * (go.yaml.in/yaml/v2 scannerc.go). Each check sees one event; offsets are those of the text that was parsed.
 */
import { COLLECTION_STYLE, type MappingEvent, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { ReadFailure } from './inputError.ts';

/** go-yaml gives up on a key without `?` after so many characters. */
const LONGEST_KEY = 1024;

/** A key must be one short line; only one that begins with `?` may be more. */
export function checkKey(text: string, event: ScalarEvent): void {
  const { valueStart, valueEnd } = event;
  const isShort = valueEnd - valueStart <= LONGEST_KEY;
  if (isShort && (event.fast || !hasLineBreak(text, valueStart, valueEnd))) return;
  if (!isImplicitKey(text, event)) return;
  const problem = isShort ? 'the key goes over several lines' : `the key is longer than ${LONGEST_KEY} characters`;
  throw new ReadFailure('syntax', `${problem}, which Kubernetes does not read; write it after "? "`, valueStart);
}

/** Whether a colon alone makes it a key: no `?` before it, and no mere `{key}`. */
function isImplicitKey(text: string, event: ScalarEvent): boolean {
  if (event.style >= SCALAR_STYLE.LITERAL_BLOCK) return false;
  const isPlain = event.style === SCALAR_STYLE.PLAIN;
  const after = skipBlanks(text, isPlain ? event.valueEnd : event.valueEnd + 1, 1);
  if (text.charAt(after) !== ':') return false;

  let start = isPlain ? event.valueStart : event.valueStart - 1;
  if (event.tagStart !== -1) start = Math.min(start, event.tagStart);
  if (event.anchorStart !== -1) start = Math.min(start, event.anchorStart - 1);
  return text.charAt(skipBlanks(text, start - 1, -1)) !== '?';
}

function skipBlanks(text: string, from: number, step: 1 | -1): number {
  let at = from;
  while (at >= 0 && at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += step;
  return at;
}

/** Inside brackets js-yaml lets the colon of a key stand on a later line. */
export function checkFlowKey(text: string, event: ScalarEvent): void {
  if (event.valueStart === -1) return;
  const end = event.style === SCALAR_STYLE.PLAIN ? event.valueEnd : event.valueEnd + 1;
  const colon = skipBlanks(text, end, 1);
  if (text.charAt(colon) !== ':' || !hasLineBreak(text, end, colon) || !isImplicitKey(text, event)) return;
  throw new ReadFailure('syntax', 'the colon is not on the line of its key; write "key: value"', colon);
}

/** In brackets and braces a plain scalar holds no `?`, begins with no `:`, and its `:` needs white space after it. */
export function checkFlowScalar(text: string, event: ScalarEvent): void {
  if (event.style !== SCALAR_STYLE.PLAIN || event.valueStart === -1) return;
  const { valueStart, valueEnd } = event;
  const value = text.slice(valueStart, valueEnd);
  if (value.includes('?') || value.startsWith(':')) {
    throw new ReadFailure(
      'syntax',
      `"${value}" has a ? or begins with a :, which Kubernetes does not read inside brackets; quote it`,
      valueStart,
    );
  }
  if (text.charAt(valueEnd) === ':' && ',[]{}'.includes(text.charAt(valueEnd + 1) || ' ')) {
    throw new ReadFailure(
      'syntax',
      `no space follows the colon after "${value}"; write one, or quote the text`,
      valueEnd,
    );
  }
}

/** JSON's `\\/` and its surrogate pairs are no YAML to go-yaml, nor is what lies beyond Unicode. */
export function checkEscapes(text: string, event: ScalarEvent): void {
  const { valueStart, valueEnd } = event;
  for (let at = text.indexOf('\\', valueStart); at !== -1 && at < valueEnd; at = text.indexOf('\\', at + 2)) {
    const length = ESCAPE_LENGTHS.get(text.charAt(at + 1));
    if (length === undefined) continue;
    const code = length === 0 ? Number.NaN : Number.parseInt(text.slice(at + 2, at + 2 + length), 16);
    if (code < FIRST_SURROGATE || (code > LAST_SURROGATE && code <= LAST_CHARACTER)) continue;
    const sequence = text.slice(at, at + 2 + length);
    throw new ReadFailure(
      'syntax',
      `Kubernetes does not read the escape ${sequence} in YAML; write the character itself`,
      at,
    );
  }
}

/** Escapes to look at, and how many digits each has. */
const ESCAPE_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['/', 0],
  ['u', 4],
  ['U', 8],
]);
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const LAST_CHARACTER = 0x10ffff;

/** The indentation of a block scalar is found at its first line; a tab there is an error, unless a digit gives it. */
export function checkBlockScalar(text: string, event: ScalarEvent): void {
  let at = event.valueStart;
  while (
    at < event.valueEnd &&
    (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 10 || text.charCodeAt(at) === 13)
  )
    at++;
  if (text.charCodeAt(at) !== 9 || at >= event.valueEnd) return;

  const header = text.slice(text.lastIndexOf('\n', event.valueStart - 2) + 1, event.valueStart);
  if (/[|>][-+]?[1-9]/.test(header)) return;
  throw new ReadFailure('syntax', 'a tab stands where the indentation of a block begins; indent with spaces', at);
}

/** A mapping cannot begin on the line of its own key, as in `a: &x b: c`. */
export function checkNestedMapping(text: string, keyEnd: number, event: MappingEvent): void {
  if (event.style !== COLLECTION_STYLE.BLOCK || hasLineBreak(text, keyEnd, event.start)) return;
  throw new ReadFailure('syntax', 'a mapping begins on the line of its key; begin it on the next line', event.start);
}

/** go-yaml wants a blank after a tag, and a name in it. */
export function checkTag(text: string, start: number, end: number): void {
  const tag = text.slice(start, end);
  const isAlone = end >= text.length || ' \t\r\n'.includes(text.charAt(end));
  if (isAlone && tag !== '!!' && !tag.includes('#')) return;
  throw new ReadFailure('syntax', `the tag ${tag} is not one that Kubernetes reads; write a space after it`, start);
}

const ANCHOR = /^[0-9A-Za-z_-]+$/;

export function checkAnchor(text: string, start: number, end: number): void {
  const name = text.slice(start, end);
  if (ANCHOR.test(name) && !'[{'.includes(text.charAt(end) || ' ')) return;
  throw new ReadFailure(
    'syntax',
    `"${name}" is no name for an anchor; use letters, digits, - and _, and a space after it`,
    start,
  );
}

function hasLineBreak(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const char = text.charCodeAt(at);
    if (char === 10 || char === 13) return true;
  }
  return false;
}
