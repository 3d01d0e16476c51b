/** What goes wrong while a file is read, as a sentence with a place, and the reason as a word for the program. */

/**
 * Why a file or a document could not be read: `template` (Helm or another template, not rendered), `syntax`,
 * `notJson` (a value that JSON cannot hold, such as .nan), `limit` (too large, too deep, too many aliases), `binary`
 * and `encoding`, `separator` (text after `---` or `...`), `notAnObject` (a scalar, a list, or
 * a mapping with neither apiVersion nor kind, such as a values file: it never was meant for Kubernetes), `notAResource`
 * (one of the two is missing or no name).
 */
export type InputErrorReason =
  | 'template'
  | 'syntax'
  | 'notJson'
  | 'limit'
  | 'binary'
  | 'encoding'
  | 'separator'
  | 'notAnObject'
  | 'notAResource';

export interface InputError {
  readonly file: string;
  /** 1-based; absent where the whole file is meant. */
  readonly line?: number;
  /** 1-based, in UTF-16 code units. */
  readonly column?: number;
  readonly reason: InputErrorReason;
  /** What is wrong and what would be right; the place is not repeated in it. */
  readonly message: string;
}

/** Thrown inside this folder to leave a document that cannot be read; `readYaml` and `readManifests` never throw it. */
export class ReadFailure extends Error {
  readonly reason: InputErrorReason;
  /** Offset in the text that was being read. */
  readonly offset: number;

  constructor(reason: InputErrorReason, message: string, offset: number) {
    super(message);
    this.name = 'ReadFailure';
    this.reason = reason;
    this.offset = offset;
  }
}
