/** Functions for texts: those of CEL itself, and version 2 of cel-go's ext/strings.go, which Kubernetes brings along. */
import { ESCAPES } from '../../text/goQuote.ts';
import { type Meter, TEXT_FACTOR } from '../evaluate/meter.ts';
import { compilePattern, type Pattern, PatternProblem } from '../patterns.ts';
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import { type CelValue, itemsOf, listOf } from '../values/value.ts';
import { intArg, listArg, textArg } from './arguments.ts';
import { formatText } from './format.ts';
import type { CelFunction } from './function.ts';

/** cel-go counts a step of a pattern as a quarter, for each character of the text. */
const PATTERN_FACTOR = 0.25;

function paid(text: string, meter: Meter): string {
  meter.charge(text.length * TEXT_FACTOR);
  return text;
}

/** @throws EvaluationFailure where the text is no pattern */
export function matches(text: string, source: string, meter: Meter): boolean {
  return paidPattern(text, source, meter, '').test(text);
}

/** Of a step for each instruction of the pattern at each character. */
const STEP_FACTOR = 0.002;
const FIND_FACTOR = 0.01;
/** Instructions that people's patterns have. */
const USUAL_SIZE = 200;
const MAKING_FACTOR = 2;

function paidPattern(text: string, source: string, meter: Meter, prefix: string): Pattern {
  meter.charge((text.length + 1) * TEXT_FACTOR * Math.max(1, source.length * PATTERN_FACTOR));
  const pattern = compilePattern(source);
  if (pattern instanceof PatternProblem) throw new EvaluationFailure(`${prefix}${pattern.message}`);
  // few characters may stand for many instructions: `a{1000}`. To make them takes longer than to follow them, and a
  // pattern may be another one each time.
  meter.charge((text.length + 1) * pattern.size * STEP_FACTOR + Math.max(0, pattern.size - USUAL_SIZE) * MAKING_FACTOR);
  return pattern;
}

/** A text is compared with another one at each of its characters. */
function searched(args: readonly CelValue[], meter: Meter): string {
  const text = textArg(args, 0);
  meter.charge(text.length * TEXT_FACTOR * Math.max(1, textArg(args, 1).length * TEXT_FACTOR));
  return text;
}

/** Go's unicode.IsSpace: JavaScript takes one more away, and keeps one. */
const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const LEADING = new RegExp(`^${SPACE}+`);
const IS_SPACE = new RegExp(SPACE);

function trimmed(text: string): string {
  const rest = text.replace(LEADING, '');
  let end = rest.length;
  // a pattern for the end of a text would begin anew at each blank
  while (end > 0 && IS_SPACE.test(rest.charAt(end - 1))) end--;
  return rest.slice(0, end);
}

/** Only what an escape has a letter for, unlike Go's own quoting. */
function quoted(text: string): string {
  return `"${[...text].map((char) => ESCAPES[char] ?? char).join('')}"`;
}

/** Positions count characters, as Go's runes, and not the halves of surrogate pairs. */
function runesOf(text: string): string[] {
  return [...text];
}

function charAt(text: string, index: bigint): string {
  const runes = runesOf(text);
  if (index < 0n || index > runes.length) throw outOfRange(index);
  return runes[Number(index)] ?? '';
}

function outOfRange(index: bigint): EvaluationFailure {
  return new EvaluationFailure(`index out of range: ${index}`);
}

/** Where the text begins at or behind the position; for the last one, at or before it. -1 where it does nowhere. */
function indexOf(text: string, wanted: string, from: bigint | undefined, isLast: boolean): bigint {
  const runes = runesOf(text);
  if (wanted === '') return from ?? BigInt(isLast ? runes.length : 0);
  const needle = runesOf(wanted);
  if (from !== undefined && from < 0n) throw outOfRange(from);
  if (from !== undefined && from >= runes.length) return -1n;
  const fits = (start: number): boolean => needle.every((rune, offset) => runes[start + offset] === rune);
  const last = runes.length - needle.length;
  if (isLast) {
    for (let start = Math.min(Number(from ?? last), last); start >= 0; start--) {
      if (fits(start)) return BigInt(start);
    }
    return -1n;
  }
  for (let start = Number(from ?? 0); start <= last; start++) {
    if (fits(start)) return BigInt(start);
  }
  return -1n;
}

function substring(text: string, start: bigint, end: bigint | undefined): string {
  const runes = runesOf(text);
  const last = end ?? BigInt(runes.length);
  if (end !== undefined && start > end) {
    throw new EvaluationFailure(`invalid substring range. start: ${start}, end: ${end}`);
  }
  if (start < 0n || start > runes.length) throw outOfRange(start);
  if (last < 0n || last > runes.length) throw outOfRange(last);
  return runes.slice(Number(start), Number(last)).join('');
}

function replace(text: string, old: string, by: string, limit: number, meter: Meter): string {
  const most = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  const parts = old === '' ? runesOf(text) : text.split(old);
  const count = Math.min(old === '' ? parts.length + 1 : parts.length - 1, most);
  meter.charge((text.length + count * by.length) * TEXT_FACTOR);
  let result = old === '' && count > 0 ? by : '';
  for (const [index, part] of parts.entries()) {
    result += part;
    if (old === '') result += index + 1 < count ? by : '';
    else if (index + 1 < parts.length) result += index < count ? by : old;
  }
  return result;
}

function split(text: string, by: string, limit: number): string[] {
  if (limit === 0) return [];
  const parts = by === '' ? runesOf(text) : text.split(by);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)];
}

function join(items: readonly CelValue[], by: string, meter: Meter): string {
  const texts = items.map((item) => {
    if (typeof item !== 'string') throw noSuchOverload();
    return paid(item, meter);
  });
  return texts.join(by);
}

/** Letters of ASCII alone. */
function changeCase(text: string, toUpper: boolean): string {
  return text.replaceAll(toUpper ? /[a-z]/g : /[A-Z]/g, (letter) =>
    toUpper ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

function method(name: string, signature: string, run: CelFunction['run']): CelFunction {
  return { name, signatures: signature.split(' | ').map((one) => `string.${name}${one}`), run };
}

function lastArgument(args: readonly CelValue[], index: number): bigint | undefined {
  return args[index] === undefined ? undefined : intArg(args, index);
}

export const TEXTS: readonly CelFunction[] = [
  method('contains', '(string): bool', (args, meter) => paid(textArg(args, 0), meter).includes(textArg(args, 1))),
  method('startsWith', '(string): bool', (args, meter) => textArg(args, 0).startsWith(paid(textArg(args, 1), meter))),
  method('endsWith', '(string): bool', (args, meter) => textArg(args, 0).endsWith(paid(textArg(args, 1), meter))),
  {
    name: 'matches',
    signatures: ['string.matches(string): bool', 'matches(string, string): bool'],
    run: (args, meter) => matches(textArg(args, 0), textArg(args, 1), meter),
  },
  method('charAt', '(int): string', (args, meter) => charAt(paid(textArg(args, 0), meter), intArg(args, 1))),
  method('indexOf', '(string): int | (string, int): int', (args, meter) =>
    indexOf(searched(args, meter), textArg(args, 1), lastArgument(args, 2), false),
  ),
  method('lastIndexOf', '(string): int | (string, int): int', (args, meter) =>
    indexOf(searched(args, meter), textArg(args, 1), lastArgument(args, 2), true),
  ),
  method('lowerAscii', '(): string', (args, meter) => changeCase(paid(textArg(args, 0), meter), false)),
  method('upperAscii', '(): string', (args, meter) => changeCase(paid(textArg(args, 0), meter), true)),
  method('replace', '(string, string): string | (string, string, int): string', (args, meter) =>
    replace(textArg(args, 0), textArg(args, 1), textArg(args, 2), Number(lastArgument(args, 3) ?? -1n), meter),
  ),
  method('split', '(string): list<string> | (string, int): list<string>', (args, meter) =>
    listOf(split(paid(textArg(args, 0), meter), textArg(args, 1), Number(lastArgument(args, 2) ?? -1n))),
  ),
  method('substring', '(int): string | (int, int): string', (args, meter) =>
    substring(paid(textArg(args, 0), meter), intArg(args, 1), lastArgument(args, 2)),
  ),
  method('trim', '(): string', (args, meter) => trimmed(paid(textArg(args, 0), meter))),
  {
    name: 'join',
    signatures: ['list<string>.join(): string', 'list<string>.join(string): string'],
    run: (args, meter) => join(itemsOf(listArg(args, 0)), args[1] === undefined ? '' : textArg(args, 1), meter),
  },
  {
    name: 'strings.quote',
    signatures: ['strings.quote(string): string'],
    run: (args, meter) => quoted(paid(textArg(args, 0), meter)),
  },
  {
    name: 'format',
    signatures: ['string.format(list<dyn>): string'],
    run: (args, meter) => paid(formatText(textArg(args, 0), itemsOf(listArg(args, 1))), meter),
  },
  {
    name: 'find',
    signatures: ['string.find(string): string'],
    run: (args, meter) => found(textArg(args, 0), textArg(args, 1), 1, meter)[0] ?? '',
  },
  {
    name: 'findAll',
    signatures: ['string.findAll(string): list<string>', 'string.findAll(string, int): list<string>'],
    run: (args, meter) =>
      listOf(found(textArg(args, 0), textArg(args, 1), Number(lastArgument(args, 2) ?? -1n), meter)),
  },
];

/** What the pattern finds (k8s.io/apiserver pkg/cel/library/regex.go). */
function found(text: string, source: string, limit: number, meter: Meter): string[] {
  const pattern = paidPattern(text, source, meter, 'Illegal regex: ');
  // where it stands takes longer to say than whether it is there
  meter.charge(text.length * pattern.size * FIND_FACTOR);
  return pattern.find(text, limit);
}
