import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePort, isFree } from '../../src/platform/ports.ts';

describe('a free port', () => {
  it('is none that the system may give to a connection before somebody listens on it', async () => {
    for (let count = 0; count < 20; count++) {
      const port = await freePort();
      expect(port).toBeGreaterThanOrEqual(12_000);
      // where the ranges of Linux begin (ip_local_port_range), and those of others later still
      expect(port).toBeLessThan(32_768);
    }
  });

  it('is none on which somebody listens', async () => {
    const taken = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
    try {
      expect(await isFree(taken)).toBe(false);
      const first = (taken - 12_000 + 0.5) / 8_000;
      const drawn = [first, first, 0.5, 0.25, 0.75];
      expect(await freePort(() => drawn.shift() ?? Math.random())).not.toBe(taken);
      expect(drawn.length).toBeLessThanOrEqual(2);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
