/** Free ports of the loopback interface. */
import { isFree } from '../../../src/platform/ports.ts';

/** Below those that systems hand out for connections of their own. */
const LEAST = 20_000;
const MOST = 32_000;
const TRIES = 200;

export interface Ports {
  /** One on which nothing listens, and that nobody else was given. */
  pick(): Promise<number>;
  /** True where nothing listens on it. */
  isFree(port: number): Promise<boolean>;
  release(port: number): void;
}

export function loopbackPorts(random: () => number): Ports {
  const taken = new Set<number>();
  let next = LEAST + Math.floor(random() * (MOST - LEAST));
  return {
    async pick() {
      for (let tries = 0; tries < TRIES; tries++) {
        const port = next;
        next = next + 1 >= MOST ? LEAST : next + 1;
        if (taken.has(port)) continue;
        taken.add(port);
        if (await isFree(port)) return port;
        taken.delete(port);
      }
      throw new Error(`no port from ${LEAST} to ${MOST} is free`);
    },
    isFree,
    release: (port) => taken.delete(port),
  };
}
