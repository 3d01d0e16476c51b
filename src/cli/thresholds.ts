/** From which findings on a command fails: --fail-on and --max-warnings. */
import { count, type Summary } from '../report/result.ts';
import { EXIT, Failure } from './failure.ts';
import type { TextSink } from './io.ts';

export interface Thresholds {
  readonly failOn: 'warn' | 'deny';
  /** Undefined: any number. */
  readonly maxWarnings: number | undefined;
}

/** As commander hands them over. */
export interface RawThresholds {
  readonly failOn?: string;
  readonly maxWarnings?: string;
}

export function readThresholds({ failOn = 'deny', maxWarnings }: RawThresholds): Thresholds {
  return {
    failOn: readFailOn(failOn),
    maxWarnings: maxWarnings === undefined ? undefined : readMaxWarnings(maxWarnings),
  };
}

function readFailOn(text: string): 'warn' | 'deny' {
  if (text === 'warn' || text === 'deny') return text;
  throw new Failure(`--fail-on is "${text}", and must be warn or deny`);
}

function readMaxWarnings(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Failure(`--max-warnings is "${text}", and must be a number from 0 on`);
}

/** The exit code of what was judged. Warnings that are too many are told, for no output says that they are. */
export function exitCodeOf(
  { deny, warn }: Pick<Summary, 'deny' | 'warn'>,
  { failOn, maxWarnings }: Thresholds,
  stderr: TextSink,
): number {
  if (deny > 0) return EXIT.denied;
  if (failOn === 'warn' && warn > 0) {
    stderr.write(`weir: ${count(warn, 'warning')}, and --fail-on warn allows none\n`);
    return EXIT.denied;
  }
  if (maxWarnings !== undefined && warn > maxWarnings) {
    stderr.write(`weir: ${count(warn, 'warning')}, and --max-warnings allows ${maxWarnings}\n`);
    return EXIT.denied;
  }
  return EXIT.clean;
}
