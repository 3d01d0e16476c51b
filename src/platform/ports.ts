/** Ports of the loopback interface. */
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** True where nothing listens on it now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Below those that systems give to connections of their own, and below those of Pods: between this look and whoever
 * listens, a connection to anywhere may take one of the first, and hold up a start.
 */
const LEAST = 12_000;
const MOST = 20_000;
const TRIES = 200;

/** One on which nothing listens now. @param random at least 0, less than 1 */
export async function freePort(random: () => number = Math.random): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = LEAST + Math.floor(random() * (MOST - LEAST));
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${LEAST} to ${MOST} is free`);
}
