/** The text that `format` fills: what stands in it, and the places of values (github.com/google/cel-go ext/formatting.go). */

export type FormatPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly clause: Clause; readonly precision: number | undefined }
  /** Nothing behind it is read. */
  | { readonly kind: 'problem'; readonly message: string };

const CLAUSES = ['s', 'd', 'f', 'e', 'b', 'o', 'x', 'X'] as const;
export type Clause = (typeof CLAUSES)[number];

export function formatPieces(format: string): FormatPiece[] {
  const pieces: FormatPiece[] = [];
  let at = 0;
  while (at < format.length) {
    const place = format.indexOf('%', at);
    const end = place < 0 ? format.length : place;
    if (end > at) pieces.push({ kind: 'text', text: format.slice(at, end) });
    if (place < 0) break;
    if (format[place + 1] === '%') {
      pieces.push({ kind: 'text', text: '%' });
      at = place + 2;
      continue;
    }
    const [, dotted, digits = ''] = /^(\.([0-9]*))?/.exec(format.slice(place + 1)) ?? [];
    const letter = format.charAt(place + 1 + (dotted?.length ?? 0));
    const piece = pieceOf(letter, dotted === undefined ? undefined : digits);
    pieces.push(piece);
    if (piece.kind === 'problem') break;
    at = place + 2 + (dotted?.length ?? 0);
  }
  return pieces;
}

function pieceOf(letter: string, digits: string | undefined): FormatPiece {
  const unread = 'could not parse formatting clause: ';
  if (letter === '') {
    if (digits === undefined) return { kind: 'problem', message: 'unexpected end of string' };
    const message = `${unread}error while parsing precision: could not find end of precision specifier`;
    return { kind: 'problem', message };
  }
  if (digits === '') {
    const reason = 'error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax';
    return { kind: 'problem', message: `${unread}error while parsing precision: ${reason}` };
  }
  const clause = CLAUSES.find((one) => one === letter);
  if (clause === undefined) {
    return { kind: 'problem', message: `${unread}unrecognized formatting clause "${letter}"` };
  }
  return { kind: 'value', clause, precision: digits === undefined ? undefined : Number(digits) };
}

const TEXT_CLAUSE =
  'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps';
const HEX_CLAUSE = 'only integers, byte buffers, and strings can be formatted as hex';

const DEMANDS: Readonly<Record<Clause, string>> = {
  s: TEXT_CLAUSE,
  d: 'decimal clause can only be used on integers',
  f: 'fixed-point clause can only be used on doubles',
  e: 'scientific clause can only be used on doubles',
  b: 'only integers and bools can be formatted as binary',
  o: 'octal clause can only be used on integers',
  x: HEX_CLAUSE,
  X: HEX_CLAUSE,
};

/** @param type the name of a type, or of a value's type */
export function wrongValue(clause: Clause, type: string): string {
  return `error during formatting: ${DEMANDS[clause]}, was given ${type}`;
}
