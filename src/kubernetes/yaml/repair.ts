/** Spaces for a text that js-yaml refuses and Kubernetes reads, put in where they mean nothing. */
import type { YAMLException } from 'js-yaml';

/**
 * js-yaml wants every line inside brackets or quotes indented further than the key before them, takes a tab there for
 * too little, and takes the colon of an alias that is a key (`*name:`) for a part of its name. Each repair mends what
 * one failure complains of; every place is translated back.
 */
export class RepairedText {
  #text: string;
  /** Where spaces were put in, in the order of the text, as offsets in the text that has them. */
  #insertions: readonly Insertion[] = [];
  readonly #indentation: number;

  constructor(text: string) {
    this.#text = text;
    this.#indentation = deepestIndentation(text) + 1;
  }

  get text(): string {
    return this.#text;
  }

  /** @returns false where nothing can be done about it */
  repair(failure: YAMLException): boolean {
    const offset = failure.mark?.position ?? 0;
    if (failure.reason === 'deficient indentation') return this.#indentLine(offset);
    return ALIAS_KEY_FAILURES.some((reason) => failure.reason.startsWith(reason)) && this.#detachColon(offset);
  }

  /** From an offset in this text to the one in the text as it was. */
  original(offset: number): number {
    let missing = 0;
    for (const { at, width } of this.#insertions) {
      if (at >= offset) break;
      // Inside of what was put in everything is the place after it.
      missing += Math.min(width, offset - at);
    }
    return offset - missing;
  }

  #indentLine(offset: number): boolean {
    const lineStart = Math.max(this.#text.lastIndexOf('\n', offset - 1), this.#text.lastIndexOf('\r', offset - 1)) + 1;
    if (this.#insertions.some(({ at }) => at === lineStart)) return this.#replaceTab(lineStart, offset);
    this.#insert(lineStart, this.#indentation);
    return true;
  }

  #replaceTab(lineStart: number, offset: number): boolean {
    const line = this.#text.slice(lineStart, offset);
    const blanks = /[ \t]*$/.exec(line)?.[0] ?? '';
    const inBlanks = blanks.indexOf('\t');
    const inLine = inBlanks === -1 ? line.search(/\t[ \t]*[[{]/) : line.length - blanks.length + inBlanks;
    if (inLine === -1) return false;
    const tab = lineStart + inLine;
    this.#text = `${this.#text.slice(0, tab)} ${this.#text.slice(tab + 1)}`;
    return true;
  }

  /** The alias stands on the line of the failure, or on the line with text before it. */
  #detachColon(offset: number): boolean {
    const before = this.#text.slice(Math.max(0, offset - LONGEST_LOOK_BACK), offset);
    const lines = before.split('\n');
    let end = before.length;
    for (let index = lines.length - 1, left = 2; index >= 0 && left > 0; index--) {
      const line = lines[index] ?? '';
      const start = end - line.length;
      const alias = ALIAS_KEY.exec(this.#text.slice(offset - before.length + start).slice(0, LONGEST_LOOK_BACK));
      if (alias !== null) {
        this.#insert(offset - before.length + start + alias[0].length - 1, 1);
        return true;
      }
      if (line.trim() !== '' && !line.trimStart().startsWith('#')) left--;
      end = start - 1;
    }
    return false;
  }

  #insert(at: number, width: number): void {
    this.#text = this.#text.slice(0, at) + ' '.repeat(width) + this.#text.slice(at);
    this.#insertions = [
      ...this.#insertions.filter((insertion) => insertion.at < at),
      { at, width },
      ...this.#insertions
        .filter((insertion) => insertion.at >= at)
        .map((insertion) => ({ at: insertion.at + width, width: insertion.width })),
    ];
  }
}

interface Insertion {
  readonly at: number;
  readonly width: number;
}

/** How js-yaml complains of an alias whose colon it missed. */
const ALIAS_KEY_FAILURES = ['bad indentation of a mapping entry', "expected ':'", 'end of the stream or a document'];
const LONGEST_LOOK_BACK = 2000;
const ALIAS_KEY = /^[ \t]*(?:[-?] +)*\*[0-9A-Za-z_-]+:(?=\s|$)/;

function deepestIndentation(text: string): number {
  let deepest = 0;
  for (let lineStart = 0; lineStart !== -1 && lineStart < text.length; ) {
    let at = lineStart;
    // A dash and its space indent what follows them.
    while (' -?'.includes(text.charAt(at) || 'x')) at++;
    deepest = Math.max(deepest, at - lineStart);
    const lineBreak = text.indexOf('\n', at);
    lineStart = lineBreak === -1 ? -1 : lineBreak + 1;
  }
  return deepest;
}
