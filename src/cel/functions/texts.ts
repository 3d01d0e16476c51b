/** Functions for texts: those of CEL itself, and version 2 of cel-go's ext/strings.go, which Kubernetes brings along. */
import { type Meter, TEXT_FACTOR } from '../evaluate/meter.ts';
import { compilePattern, PatternProblem } from '../patterns.ts';
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
  meter.charge((text.length + 1) * TEXT_FACTOR * Math.max(1, source.length * PATTERN_FACTOR));
  const pattern = compilePattern(source);
  if (pattern instanceof PatternProblem) throw new EvaluationFailure(pattern.message);
  return pattern.test(text);
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

function indexOf(text: string, wanted: string, from: bigint, isLast: boolean): bigint {
  const runes = runesOf(text);
  const needle = runesOf(wanted);
  if (from < 0n || from > runes.length) throw outOfRange(from);
  const fits = (start: number): boolean => needle.every((rune, offset) => runes[start + offset] === rune);
  if (isLast) {
    for (let start = Math.min(Number(from), runes.length - needle.length); start >= 0; start--) {
      if (fits(start)) return BigInt(start);
    }
    return -1n;
  }
  for (let start = Number(from); start + needle.length <= runes.length; start++) {
    if (fits(start)) return BigInt(start);
  }
  return -1n;
}

function substring(text: string, start: bigint, end: bigint | undefined): string {
  const runes = runesOf(text);
  const last = end ?? BigInt(runes.length);
  if (start < 0n || start > runes.length) throw outOfRange(start);
  if (last < 0n || last > runes.length) throw outOfRange(last);
  if (start > last) throw new EvaluationFailure(`invalid substring range. start: ${start}, end: ${last}`);
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
    indexOf(paid(textArg(args, 0), meter), textArg(args, 1), lastArgument(args, 2) ?? 0n, false),
  ),
  method('lastIndexOf', '(string): int | (string, int): int', (args, meter) => {
    const text = paid(textArg(args, 0), meter);
    return indexOf(text, textArg(args, 1), lastArgument(args, 2) ?? BigInt(runesOf(text).length), true);
  }),
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
  method('trim', '(): string', (args, meter) => paid(textArg(args, 0), meter).trim()),
  {
    name: 'join',
    signatures: ['list<string>.join(): string', 'list<string>.join(string): string'],
    run: (args, meter) => join(itemsOf(listArg(args, 0)), args[1] === undefined ? '' : textArg(args, 1), meter),
  },
  {
    name: 'strings.quote',
    signatures: ['strings.quote(string): string'],
    run: (args, meter) => JSON.stringify(paid(textArg(args, 0), meter)),
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

/** A group that is repeated, and has alternatives or repetitions or groups in it: JavaScript may take for ever over it. */
const REPEATED_GROUP = /\([^()]*[|*+?{][^()]*\)[*+{]|\)[^()]*\)[*+{]/;
const GROUP_START = /\(\?(?:P?<\w+>|:)/g;
const REPETITION = /[*+]|\{[0-9]+,[0-9]*\}/g;
const STEP_COST = 0.01;

/**
 * What the pattern finds (k8s.io/apiserver pkg/cel/library/regex.go). The engine that is safe with every pattern says
 * only whether it finds something; where it stands, JavaScript's own engine says, whose worst case is paid for first:
 * it goes through the text once for each place to begin, and once more for each repetition.
 */
function found(text: string, source: string, limit: number, meter: Meter): string[] {
  if (!matches(text, source, meter) || limit === 0) return [];
  if (REPEATED_GROUP.test(source.replaceAll(GROUP_START, '('))) {
    throw new EvaluationFailure('find and findAll take no repeated group with alternatives or repetitions in it');
  }
  const repetitions = source.match(REPETITION)?.length ?? 0;
  meter.charge(STEP_COST * text.length ** (repetitions + 1));
  const flags = /^\(\?([ims]+)\)/.exec(source);
  const pattern = new RegExp(source.slice(flags?.[0].length ?? 0).replaceAll('(?P<', '(?<'), `gu${flags?.[1] ?? ''}`);
  const all = [...text.matchAll(pattern)].map(([match]) => match);
  return limit < 0 ? all : all.slice(0, limit);
}
