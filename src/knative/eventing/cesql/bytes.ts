/**
 * Texts as Go counts them: by the bytes of UTF-8. sdk-go's LENGTH, LEFT, RIGHT, SUBSTRING and `_` go by them, so that
 * an `é` has two; a text of ASCII alone, which most are, is the same both ways.
 */

const ASCII = /^[\0-\x7f]*$/;

/** Each character of the result stands for one byte. */
export function bytesOf(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** What was cut in the middle of a character ends in U+FFFD, which equals no literal. */
export function textOf(bytes: string): string {
  return ASCII.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}
