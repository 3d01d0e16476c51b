import { createServer } from 'node:net';
import { isObject } from '../../kubernetes/json.ts';

/** A port of the loopback interface on which nothing listens now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(isObject(address) && typeof address.port === 'number' ? address.port : 0));
    });
  });
}
