/** The options of `weir check`, read once. */
import path from 'node:path';
import { FORMATS, type Format } from '../../report/reporter.ts';
import { didYouMean } from '../../text/nearest.ts';
import { Failure } from '../failure.ts';
import { type RawThresholds, readThresholds, type Thresholds } from '../thresholds.ts';

export interface CheckOptions extends Thresholds {
  readonly paths: readonly string[];
  readonly environment: string | undefined;
  readonly policies: string | undefined;
  readonly outputs: readonly OutputTarget[];
  readonly allowEmpty: boolean;
  readonly allowUnassigned: boolean;
  readonly since: string | undefined;
}

export interface OutputTarget {
  readonly format: Format;
  /** Relative to the working folder; undefined for stdout. */
  readonly file: string | undefined;
}

/** As commander hands the options over: texts. */
export interface RawCheckOptions extends RawThresholds {
  readonly env?: string;
  readonly policies?: string;
  readonly output?: readonly string[];
  readonly allowEmpty?: boolean;
  readonly allowUnassigned?: boolean;
  readonly since?: string;
}

export function readCheckOptions(paths: readonly string[], raw: RawCheckOptions): CheckOptions {
  return {
    paths: paths.length === 0 ? ['.'] : paths,
    environment: raw.env,
    policies: raw.policies,
    outputs: readOutputs(raw.output ?? ['text']),
    ...readThresholds(raw),
    allowEmpty: raw.allowEmpty ?? false,
    allowUnassigned: raw.allowUnassigned ?? false,
    since: raw.since,
  };
}

/** `text`, `sarif=weir.sarif`; only one may go to stdout. */
export function readOutputs(texts: readonly string[]): OutputTarget[] {
  const outputs = texts.map(readOutput);
  const onStdout = outputs.filter(({ file }) => file === undefined);
  if (onStdout.length > 1) {
    const names = onStdout.map(({ format }) => format);
    throw new Failure(
      `${names.join(' and ')} cannot both go to stdout; give all but one a file, such as -o ${names[1]}=FILE`,
    );
  }
  const files = outputs
    .map(({ file }) => file)
    .filter((file) => file !== undefined)
    .map((file) => path.normalize(file));
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw new Failure(`two outputs go to the same file ${twice}`);
  return outputs;
}

function readOutput(text: string): OutputTarget {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const file = equals < 0 ? undefined : text.slice(equals + 1);
  const format = FORMATS.find((known) => known === name);
  if (format === undefined) {
    throw new Failure(`unknown output "${name}"${hint(name)} (one of ${FORMATS.join(', ')}, or FORMAT=FILE)`);
  }
  if (file === '') throw new Failure(`-o ${text} names no file; write -o ${name}=FILE, or -o ${name} for stdout`);
  return { format, file: file === '-' ? undefined : file };
}

function hint(name: string): string {
  return didYouMean(name, FORMATS);
}
