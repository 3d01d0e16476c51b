/** From a file's bytes to text: what is not text that Kubernetes reads is refused here. */
import { type InputErrorReason, ReadFailure } from './inputError.ts';
import { MAX_FILE_BYTES } from './limits.ts';

export type Decoded =
  | { readonly text: string; readonly hadByteOrderMark: boolean }
  | { readonly reason: InputErrorReason; readonly message: string; readonly offset?: number; readonly text?: string };

const BYTE_ORDER_MARK = 0xfeff;

export function decode(input: string | Uint8Array): Decoded {
  if (input.length > MAX_FILE_BYTES) {
    const size = `${Math.ceil(input.length / 1024 / 1024)} MiB`;
    return {
      reason: 'limit',
      message: `the file has ${size}, and at most ${MAX_FILE_BYTES / 1024 / 1024} MiB are read; split it`,
    };
  }
  return typeof input === 'string' ? checked(input) : decodeBytes(input);
}

function decodeBytes(bytes: Uint8Array): Decoded {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { reason: 'encoding', message: 'the file is UTF-16; save it as UTF-8' };
  }
  if (bytes.includes(0))
    return { reason: 'binary', message: 'the file is binary (it has NUL bytes); a manifest is text' };
  try {
    return checked(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return { reason: 'encoding', message: 'the file is not valid UTF-8; save it as UTF-8' };
  }
}

function checked(text: string): Decoded {
  const nul = text.indexOf('\0');
  if (nul !== -1) {
    return {
      reason: 'binary',
      message: 'the file is binary (it has NUL bytes); a manifest is text',
      offset: nul,
      text,
    };
  }
  if (!text.isWellFormed()) {
    return {
      reason: 'encoding',
      message: 'the file has half of a surrogate pair, which is no character; save it as UTF-8',
    };
  }
  const hadByteOrderMark = text.charCodeAt(0) === BYTE_ORDER_MARK;
  return { text: hadByteOrderMark ? text.slice(1) : text, hadByteOrderMark };
}

/** What stands in no YAML as it is: who writes YAML escapes it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
export const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]/g;
const LINE_BREAKS = '\u0085\u2028\u2029';

/**
 * YAML forbids control characters, even in comments (go-yaml readerc.go). U+0085, U+2028 and U+2029 end a line there,
 * and nowhere else: what an editor shows as one line would be two.
 *
 * @throws ReadFailure
 */
export function checkCharacters(text: string): void {
  const at = text.search(FORBIDDEN);
  if (at === -1) return;
  const char = text.charAt(at);
  const name = `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  const problem = LINE_BREAKS.includes(char)
    ? `${name} stands here, which ends a line in Kubernetes' YAML`
    : `the control character ${name} stands here, which YAML forbids`;
  throw new ReadFailure('syntax', `${problem}; leave it out, or write it as an escape in double quotes`, at);
}
