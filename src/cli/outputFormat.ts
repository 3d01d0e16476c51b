import { didYouMean } from '../text/nearest.ts';
import { Failure } from './failure.ts';

/**
 * What `--output` names, of those that the command knows.
 *
 * @throws Failure with the nearest of them, and all
 */
export function outputFormat<Format extends string>(output: string, formats: readonly Format[]): Format {
  const format = formats.find((known) => known === output);
  if (format !== undefined) return format;
  throw new Failure(`unknown output "${output}"${didYouMean(output, formats)} (one of ${formats.join(', ')})`);
}
