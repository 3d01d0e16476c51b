/** What is sent again, as it goes on: a replay, or dead letters that are put back. */
import type { ReplayLine } from '../../platform/eventing/api/shapes.ts';
import { oneLine } from '../../report/safeText.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';

export interface ProgressOptions {
  readonly output: 'text' | 'json';
  /** `event`, `dead letter`. */
  readonly what: string;
  readonly isDryRun: boolean;
}

/** @returns the exit code: 1 where something was not sent */
export async function showProgress(
  lines: AsyncIterable<string>,
  { output, what, isDryRun }: ProgressOptions,
  { io }: CommandContext,
): Promise<number> {
  const isLive = io.stderr.isTTY === true && io.env.TERM !== 'dumb';
  const began = performance.now();
  let last: ReplayLine | undefined;
  for await (const line of lines) {
    last = JSON.parse(line);
    if (isLive && last !== undefined && !isDryRun)
      io.stderr.write(`\r\x1b[K${last.sent + last.failed} of ${last.found}`);
  }
  if (isLive && !isDryRun) io.stderr.write('\r\x1b[K');
  if (last?.isDone !== true)
    throw new Failure(
      `the platform ended before all was sent${last === undefined ? '' : `: ${last.sent} of ${last.found} were`}`,
    );
  const { found, sent, failed, problem } = last;
  if (output === 'json')
    io.stdout.write(`${JSON.stringify(isDryRun ? { found } : { found, sent, failed, problem })}\n`);
  else if (isDryRun) io.stdout.write(`${counted(found, what)} would be sent\n`);
  else io.stdout.write(`${counted(sent, what)} sent in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  if (failed === 0) return EXIT.clean;
  io.stderr.write(`weir: ${counted(failed, what)} not sent: ${oneLine(problem ?? '')}\n`);
  return EXIT.denied;
}

export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
