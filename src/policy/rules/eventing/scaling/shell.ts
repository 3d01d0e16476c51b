/**
 * Commands as containers hold them: a program with its arguments, or a shell with a script. Of the shell's language only
 * words, quotes and what parts two commands is read; a script that needs more than that is told as not understood.
 */

export interface Script {
  /** Each command's words, the program first. */
  readonly commands: readonly (readonly string[])[];
  /** False where the script substitutes, loops or branches: then it may do something else than its words say. */
  readonly isPlain: boolean;
}

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh']);
const LONGEST = 16_384;

/** The commands that a container runs: its `command` followed by its `args`. */
export function commandsOf(words: readonly string[]): Script {
  const [first] = words;
  if (first === undefined) return { commands: [], isPlain: true };
  if (!SHELLS.has(programName(first))) return { commands: [words], isPlain: true };

  const flag = words.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word));
  const script = flag < 0 ? undefined : words[flag + 1];
  return script === undefined ? { commands: [], isPlain: false } : parseScript(script);
}

/** `kubectl` of `/usr/local/bin/kubectl`. */
export function programName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

const CONTROL = new Set(['if', 'for', 'while', 'until', 'case', 'function', '{', '(', '[', '[[', 'test']);

export function parseScript(script: string): Script {
  if (script.length > LONGEST) return { commands: [], isPlain: false };
  const reader = new Reader(script);
  const commands = reader.read();
  const isPlain = reader.isPlain && !commands.some(([program = '']) => CONTROL.has(program));
  return { commands, isPlain };
}

class Reader {
  isPlain = true;
  readonly #script: string;
  #position = 0;
  readonly #commands: string[][] = [];
  #words: string[] = [];
  #word: string | undefined;

  constructor(script: string) {
    this.#script = script;
  }

  read(): string[][] {
    while (this.#position < this.#script.length) this.#step(this.#script.charAt(this.#position++));
    this.#endCommand();
    return this.#commands;
  }

  #step(char: string): void {
    if (char === "'" || char === '"') this.#quoted(char);
    else if (char === '\\') this.#escape();
    else if (char === '#' && this.#word === undefined) this.#comment();
    else if (char === ' ' || char === '\t' || char === '\r') this.#endWord();
    else if (char === '\n' || char === ';') this.#endCommand();
    else if (char === '&' || char === '|') this.#operator(char);
    else this.#plain(char);
  }

  #plain(char: string): void {
    if (char === '$' || char === '`' || char === '<' || char === '(') this.isPlain = false;
    this.#word = (this.#word ?? '') + char;
  }

  #quoted(quote: string): void {
    let text = '';
    for (; this.#position < this.#script.length; this.#position++) {
      let char = this.#script.charAt(this.#position);
      if (char === quote) break;
      if (quote === '"' && (char === '$' || char === '`')) this.isPlain = false;
      if (quote === '"' && char === '\\' && '"\\$`'.includes(this.#script.charAt(this.#position + 1))) {
        char = this.#script.charAt(++this.#position);
      }
      text += char;
    }
    this.#position++;
    this.#word = (this.#word ?? '') + text;
  }

  /** A backslash at the end of a line joins it with the next. */
  #escape(): void {
    const next = this.#script.charAt(this.#position++);
    if (next !== '\n') this.#word = (this.#word ?? '') + next;
  }

  #comment(): void {
    while (this.#position < this.#script.length && this.#script.charAt(this.#position) !== '\n') this.#position++;
  }

  /** `&&` goes on where all is well; `||`, a pipe and a background job make the rest hang on what happens. */
  #operator(char: string): void {
    const isDouble = this.#script.charAt(this.#position) === char;
    if (isDouble) this.#position++;
    if (char === '|' || !isDouble) this.isPlain = false;
    this.#endCommand();
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }

  #endCommand(): void {
    this.#endWord();
    if (this.#words.length > 0) this.#commands.push(this.#words);
    this.#words = [];
  }
}
