/** The end of a container's log, where its manifest wants that for the message of its end. */
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { ContainerLogs, LogPlace } from '../../../src/platform/processes/logs/logs.ts';

const LINES = 80;
const BYTES = 2_048;

/** Empty where it wants none, or the log went meanwhile. */
export async function lastWords(
  { terminationMessagePolicy }: JsonObject,
  logs: Pick<ContainerLogs, 'read'>,
  place: LogPlace,
): Promise<string> {
  if (terminationMessagePolicy !== 'FallbackToLogsOnError') return '';
  const pieces: Buffer[] = [];
  try {
    for await (const piece of logs.read(place, { tailLines: LINES }) ?? []) pieces.push(piece);
  } catch {
    return '';
  }
  return Buffer.concat(pieces).subarray(-BYTES).toString();
}
