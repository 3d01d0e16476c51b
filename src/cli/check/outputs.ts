/** Writes a result in every format that was asked for. */
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { everyRule } from '../../policy/rules/every.ts';
import { loadReporter, type ReportContext } from '../../report/reporter.ts';
import type { CheckResult } from '../../report/result.ts';
import type { CommandContext } from '../command.ts';
import { Failure, systemReason } from '../failure.ts';
import { colorsFor } from '../io.ts';
import { version } from '../package.ts';
import type { OutputTarget } from './options.ts';

const DEFAULT_WIDTH = 100;

/** What the check knows beside the result. */
export type Beside = Pick<ReportContext, 'judged' | 'hints' | 'textFix'>;

export async function writeOutputs(
  result: CheckResult,
  beside: Beside,
  outputs: readonly OutputTarget[],
  command: CommandContext,
): Promise<void> {
  const { io } = command;
  for (const { format, file } of outputs) {
    const report = await loadReporter(format);
    if (file === undefined) {
      for (const piece of piecesOf(report(result, reportContext(command, beside)))) io.stdout.write(piece);
      continue;
    }
    const plain = { ...reportContext(command, beside), colors: colorsFor(io.stdout, {}, true), width: DEFAULT_WIDTH };
    try {
      writePieces(path.resolve(io.cwd, file), piecesOf(report(result, plain)));
    } catch (error) {
      throw new Failure(`${file} cannot be written: ${systemReason(error)}`);
    }
  }
}

/** A text is an iterable, too, of its characters. */
function piecesOf(report: string | Iterable<string>): Iterable<string> {
  return typeof report === 'string' ? [report] : report;
}

function writePieces(file: string, pieces: Iterable<string>): void {
  const descriptor = openSync(file, 'w');
  try {
    for (const piece of pieces) writeFileSync(descriptor, piece);
  } finally {
    closeSync(descriptor);
  }
}

function reportContext({ io, colors }: CommandContext, beside: Beside): ReportContext {
  const texts = new SourceTexts(io.cwd);
  return {
    colors: colors(io.stdout),
    // In `weir check | less` only stderr knows the terminal.
    width: io.stdout.columns ?? io.stderr.columns ?? DEFAULT_WIDTH,
    cwd: io.cwd,
    root: repositoryRoot(io.cwd),
    version: version(),
    ...beside,
    rule: (id) => everyRule.find((rule) => rule.id === id),
    sourceLine: (file, line) => texts.line(file, line),
  };
}

/** The nearest folder with a .git, else the folder itself. */
export function repositoryRoot(folder: string): string {
  for (let at = folder; ; ) {
    if (existsSync(path.join(at, '.git'))) return at;
    const above = path.dirname(at);
    if (above === at) return folder;
    at = above;
  }
}

/** Lines of the input's files, read again and one file at a time: findings come file by file. */
class SourceTexts {
  readonly #cwd: string;
  #file: string | undefined;
  #lines: readonly string[] = [];

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  line(file: string, line: number): string | undefined {
    if (file !== this.#file) {
      this.#file = file;
      this.#lines = this.#read(file);
    }
    return this.#lines[line - 1];
  }

  #read(file: string): readonly string[] {
    if (file === '-') return [];
    try {
      return readFileSync(path.resolve(this.#cwd, file), 'utf8')
        .replace(/^\ufeff/, '')
        .split(/\r\n|\r|\n/);
    } catch {
      return [];
    }
  }
}
