import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which Linux and macOS take the ports of outgoing connections, so that none sits there. */
const FIRST = 20_000;
const LAST = 32_000;
const TRIES = 100;

/** Ports of the loopback interface on which nothing listens now, each different. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let tried = 0; tried < TRIES && found.size < count; tried++) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) found.add(port);
  }
  if (found.size < count) throw new Error(`found no ${count} free ports between ${FIRST} and ${LAST} on 127.0.0.1`);
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
