/** How a new value is written into YAML so that Kubernetes reads it back as it is. */
import { stringify } from 'yaml';
import { isArray, isObject, type JsonValue } from '../json.ts';
import { FORBIDDEN } from '../yaml/text.ts';

/** Plain where every YAML reader takes the text for a text; `yes`, `012`, `1e3`, `12:30` and the like are quoted. */
const PLAIN = /^[A-Za-z_./][A-Za-z0-9_./@%+-]*(:[A-Za-z0-9_./@%+-]+)*( [A-Za-z0-9_./@%+()-]+)*$/;
/** Quantities and durations, the commonest values that begin with a digit: `2Gi`, `200m`, `60s`. */
const AMOUNT = /^[1-9][0-9]*[A-DF-Za-df-z][A-Za-z]*$/;
const TAKEN_FOR_SOMETHING_ELSE = /^([.+-]?[0-9].*|[.](inf|nan)|y|n|yes|no|on|off|true|false|null|~|<<)$/i;

export function printScalar(value: string | number | boolean | null, quote: '"' | "'" = '"'): string {
  if (typeof value !== 'string') return String(value);
  if (AMOUNT.test(value)) return value;
  if (PLAIN.test(value) && !TAKEN_FOR_SOMETHING_ELSE.test(value)) return value;
  return quoted(value, quote);
}

function quoted(value: string, quote: '"' | "'"): string {
  const isPrintable = /^[\x20-\x7e\u00a0-\u2027\u202a-\ud7ff]*$/.test(value);
  const wantsSingle = quote === "'" || (value.includes('"') && !value.includes("'"));
  return wantsSingle && isPrintable ? `'${value.replaceAll("'", "''")}'` : doubleQuoted(value);
}

/** As JSON writes it, with what JSON lets stand and YAML forbids as an escape, too. */
function doubleQuoted(value: string): string {
  return JSON.stringify(value).replaceAll(
    FORBIDDEN,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function isScalar(value: JsonValue): value is string | number | boolean | null {
  return !isArray(value) && !isObject(value);
}

/** On one line, inside of `[…]` or `{…}`: `{ name: regcred }`. */
export function printFlow(value: JsonValue | undefined): string {
  if (isArray(value)) return value.length === 0 ? '[]' : `[${value.map(printFlow).join(', ')}]`;
  if (isObject(value)) {
    const pairs = Object.entries(value).map(([key, item]) => `${printScalar(key)}: ${printFlow(item)}`);
    return pairs.length === 0 ? '{}' : `{${pairs.join(', ')}}`;
  }
  return printFlowScalar(value ?? null);
}

function printFlowScalar(value: string | number | boolean | null): string {
  return typeof value === 'string' && /[,[\]{}]/.test(value) ? quoted(value, '"') : printScalar(value);
}

/**
 * A mapping or list over several lines, each indented by `indent` blanks, without a line end at the last.
 * Texts of several lines become block scalars, as people would write them.
 */
export function printBlock(value: JsonValue | undefined, indent: number): string {
  const blanks = ' '.repeat(indent);
  if (isArray(value) && value.length > 0) {
    return value.map((item) => `${blanks}- ${printBlock(item, indent + 2).trimStart()}`).join('\n');
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value)
      .map(([key, item]) => blanks + printPair(key, item, indent))
      .join('\n');
  }
  return blanks + printLeaf(value ?? null, indent);
}

/** `key: value`, or the key and its value on the lines below; the first line is not indented. */
export function printPair(key: string, value: JsonValue | undefined, indent: number): string {
  const name = printScalar(key);
  if (isArray(value) && value.length > 0) return `${name}:\n${printBlock(value, indent)}`;
  if (isObject(value) && Object.keys(value).length > 0) return `${name}:\n${printBlock(value, indent + 2)}`;
  return `${name}: ${printLeaf(value ?? null, indent)}`;
}

function printLeaf(value: JsonValue, indent: number): string {
  if (typeof value === 'string' && value.includes('\n')) return printText(value, indent);
  return isScalar(value) ? printScalar(value) : printFlow(value);
}

function printText(value: string, indent: number): string {
  // Kubernetes refuses a block whose text begins with a tab.
  if (/^\n*\t/.test(value) || value.search(FORBIDDEN) !== -1) return doubleQuoted(value);
  const block = stringify(value, { blockQuote: 'literal', lineWidth: 0 }).trimEnd();
  // A plus would count the empty lines behind the text, a digit the blanks in front of it: nobody sees either.
  if (!/^\|-?\n/.test(block)) return doubleQuoted(value);
  return block.replaceAll(/\n(?=.)/g, `\n${' '.repeat(indent + 2)}`); // the library prints the lines flush left
}
