/** Ports that are the same with each start, as long as nobody else takes them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { freePort, isFree } from '../../platform/ports.ts';

/** The port of the last start, or another where that is taken; either is kept in the file for the next. */
export async function keptPort(file: string): Promise<number> {
  const kept = keptIn(file);
  const port = kept !== undefined && (await isFree(kept)) ? kept : await freePort();
  writeFileSync(file, `${port}\n`);
  return port;
}

/** What was written there, where it is a port. */
export function keptIn(file: string): number | undefined {
  try {
    const port = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
  } catch {
    return undefined; // the first start
  }
}
