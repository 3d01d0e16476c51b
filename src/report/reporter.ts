/** What an output is given beside the result, and the list of outputs. */

import type { ObjectReference } from '../kubernetes/object.ts';
import type { Rule } from '../policy/engine/rule.ts';
import type { CheckResult, ReportedFinding, TextReplacement } from './result.ts';

export interface ReportContext {
  readonly colors: ReportColors;
  /** Characters a line may take. */
  readonly width: number;
  /** Absolute: what the files of the result are relative to. */
  readonly cwd: string;
  /** Absolute: the repository's root, or the working folder where there is none. */
  readonly root: string;
  readonly version: string;
  /** What to do next, each a line: how to see the defaults, how to have fixes carried out. Worked out for who shows it. */
  hints(): readonly string[];
  /** Every object that was judged, those without a finding too. */
  readonly judged: readonly JudgedObject[];
  /** Rules by id, with their title, reason and how to put it right. */
  rule(id: string): Rule | undefined;
  /** A line of a file of the input, from 1; undefined where it cannot be read any more. */
  sourceLine(file: string, line: number): string | undefined;
  /** A finding's fix as edits to its file; undefined where there are none. Worked out for who shows it. */
  textFix(finding: ReportedFinding): readonly TextReplacement[] | undefined;
}

export interface JudgedObject {
  readonly environment: string;
  readonly resource: ObjectReference;
  /** Absent where the object comes from no file. */
  readonly file?: string;
}

/** The colours that outputs for people use; picocolors has this shape. */
export interface ReportColors {
  bold(text: string): string;
  dim(text: string): string;
  underline(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
}

/** Makes the text of an output, with a line break at its end: as a whole, or in pieces where it may be large. */
export type Reporter = (result: CheckResult, context: ReportContext) => string | Iterable<string>;

export const FORMATS = ['text', 'json', 'sarif', 'junit', 'github', 'compact'] as const;
export type Format = (typeof FORMATS)[number];

/** Loads an output's file only when it is asked for. */
export async function loadReporter(format: Format): Promise<Reporter> {
  switch (format) {
    case 'text':
      return (await import('./text.ts')).text;
    case 'json':
      return (await import('./json.ts')).json;
    case 'sarif':
      return (await import('./sarif.ts')).sarif;
    case 'junit':
      return (await import('./junit.ts')).junit;
    case 'github':
      return (await import('./github.ts')).github;
    case 'compact':
      return (await import('./compact.ts')).compact;
  }
}
