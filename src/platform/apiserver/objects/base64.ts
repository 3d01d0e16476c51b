/** Where Go's decoder of base64 stops (encoding/base64, Encoding.decodeQuantum). */

const BREAK = /[\r\n]/;
const LETTER = /[A-Za-z0-9+/]/;
const QUANTUM = 4;

/** `illegal base64 data at input byte 3`, or undefined where it is base64. Line breaks are skipped. */
export function base64Fault(text: string): string | undefined {
  // bytes are counted, not characters
  const at = faultyByte(Buffer.from(text).toString('latin1'));
  return at === undefined ? undefined : `illegal base64 data at input byte ${at}`;
}

function faultyByte(bytes: string): number | undefined {
  let inQuantum = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes.charAt(at);
    if (BREAK.test(byte)) continue;
    if (byte === '=') return inQuantum < 2 ? at : faultyEnd(bytes, at, QUANTUM - inQuantum);
    if (!LETTER.test(byte)) return at;
    inQuantum = (inQuantum + 1) % QUANTUM;
  }
  // how far it came into what it could not finish
  return inQuantum === 0 ? undefined : bytes.length - inQuantum;
}

/** From the first `=` on, of so many. */
function faultyEnd(bytes: string, first: number, wanted: number): number | undefined {
  let at = afterBreaks(bytes, first + 1);
  if (wanted === 2) {
    if (at === bytes.length) return at;
    if (bytes.charAt(at) !== '=') return at - 1;
    at = afterBreaks(bytes, at + 1);
  }
  return at < bytes.length ? at : undefined;
}

function afterBreaks(bytes: string, from: number): number {
  let at = from;
  while (at < bytes.length && BREAK.test(bytes.charAt(at))) at++;
  return at;
}
