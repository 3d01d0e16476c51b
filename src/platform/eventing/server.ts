/** Servers of HTTP that take events, by Node's own; closeServer.ts ends them. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { LONGEST_HEAD } from '../network/http1/headReader.ts';

/** Takes heads as long as the addresses of Brokers do: an event that came in there is not to be refused on its way. */
export function eventServer(listener: RequestListener): Server {
  return createServer({ maxHeaderSize: LONGEST_HEAD }, listener);
}

/**
 * Begins to take connections.
 *
 * @param port 0 takes any that is free
 * @returns the port. @throws where it is not to be had
 */
export function listenAt(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
