/**
 * A text that js-yaml finds too little indented and Kubernetes reads: a closing bracket in the column of its key, or a
 * quoted string that goes on at the start of a line. Such lines get spaces, which mean nothing there, and every place
 * is translated back.
 */
export class IndentedText {
  #text: string;
  /** Where spaces were put in, in the order of the text, as offsets in the text with spaces. */
  readonly #insertions: number[] = [];
  readonly #width: number;

  constructor(text: string) {
    this.#text = text;
    this.#width = deepestIndentation(text) + 1;
  }

  get text(): string {
    return this.#text;
  }

  /**
   * Indents the line that the offset is in. Where it is already, a tab before the offset is what js-yaml takes for too
   * little: inside brackets it means no more than a space.
   *
   * @returns false where nothing more can be done
   */
  indentLineAt(offset: number): boolean {
    const lineStart = Math.max(this.#text.lastIndexOf('\n', offset - 1), this.#text.lastIndexOf('\r', offset - 1)) + 1;
    if (this.#insertions.includes(lineStart)) return this.#replaceTab(lineStart, offset);
    this.#text = this.#text.slice(0, lineStart) + ' '.repeat(this.#width) + this.#text.slice(lineStart);
    const after = this.#insertions.findIndex((insertion) => insertion > lineStart);
    const index = after === -1 ? this.#insertions.length : after;
    this.#insertions.splice(index, 0, lineStart);
    for (let later = index + 1; later < this.#insertions.length; later++) {
      this.#insertions[later] = (this.#insertions[later] ?? 0) + this.#width;
    }
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

  /** From an offset in the text with spaces to the one in the text as it was. */
  original(offset: number): number {
    let low = 0;
    let high = this.#insertions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#insertions[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    const last = this.#insertions[low - 1];
    // Inside of what was put in everything is the start of the line.
    const missing = last === undefined ? 0 : Math.min(this.#width, offset - last);
    return offset - Math.max(low - 1, 0) * this.#width - missing;
  }
}

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
