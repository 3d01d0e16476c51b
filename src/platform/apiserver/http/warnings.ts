/** `Warning: 299 - "…"` headers (RFC 7234, 5.5; k8s.io/apiserver pkg/endpoints/filters/warning.go). */

const MOST_CHARACTERS = 4 * 1024;
const MOST_OF_ONE = 256;

export interface Warnings {
  /** Takes a sentence; the same one once. */
  add(sentence: string): void;
  /** Values of the header. Where all together are too long, each is cut. */
  headers(): string[];
}

export function collectWarnings(): Warnings {
  const sentences = new Set<string>();
  return {
    add(sentence) {
      if (sentence !== '') sentences.add(sentence);
    },
    headers() {
      let all = [...sentences].filter((sentence) => !/\p{Cc}/u.test(sentence));
      if (lengthOf(all) > MOST_CHARACTERS) {
        all = firstOf(all.map((sentence) => [...sentence].slice(0, MOST_OF_ONE).join('')));
      }
      return all.map((sentence) => asBytes(`299 - "${sentence.replace(/["\\]/g, '\\$&')}"`));
    },
  };
}

/** As many as there is room for. */
function firstOf(sentences: readonly string[]): string[] {
  let room = MOST_CHARACTERS + MOST_OF_ONE;
  const end = sentences.findIndex(({ length }) => {
    room -= length;
    return room < 0;
  });
  return sentences.slice(0, end < 0 ? sentences.length : end);
}

function lengthOf(sentences: readonly string[]): number {
  return sentences.reduce((sum, { length }) => sum + length, 0);
}

/** Node writes each character of a header as one byte: UTF-8 is handed to it byte by byte. */
function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
