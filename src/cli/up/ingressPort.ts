/** Where the ingress listens: at the same port with each start, so that URLs hold. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort, isFree } from '../../platform/ports.ts';
import { Failure } from '../failure.ts';
import { keptIn } from './keptPort.ts';

const DEFAULT_PORT = 8080;
const FILE = 'ingress-port';

/**
 * The port that was asked for, or that of the last start, or 8080. One that was asked for and is taken is a failure;
 * where nobody asked, another is taken, and kept.
 *
 * @param asked 0 takes any that is free
 */
export async function ingressPort(
  asked: number | undefined,
  folder: string,
  tell: (sentence: string) => void,
): Promise<number> {
  const file = path.join(folder, FILE);
  const port = await choose(asked, keptIn(file), tell);
  writeFileSync(file, `${port}\n`);
  return port;
}

async function choose(
  asked: number | undefined,
  kept: number | undefined,
  tell: (sentence: string) => void,
): Promise<number> {
  if (asked === 0) return freePort();
  const wanted = asked ?? kept ?? DEFAULT_PORT;
  if (await isFree(wanted)) return wanted;
  if (asked !== undefined) {
    throw new Failure(
      `port ${asked}, which --ingress-port asks for, is taken by another program; name another, or 0 for any that is free`,
    );
  }
  const other = await freePort();
  tell(
    `port ${wanted} is taken by another program: requests to your services go to port ${other}, now and at the next start; choose one by --ingress-port`,
  );
  return other;
}
