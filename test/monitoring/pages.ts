/** Serves each page at a port of its own, as each pod has an address of its own. */
import { createServer, type Server } from 'node:http';

export interface Pages {
  /** `127.0.0.1:PORT`; of a page that nobody serves a port at which nobody listens. */
  addressOf(page: string): string;
  close(): Promise<void>;
}

/** Nobody listens there: it is the discard service. */
const NOBODY = '127.0.0.1:9';

/** @param read gives a page's text when it is asked for */
export async function servePages(
  names: readonly string[],
  read: (page: string) => Promise<string> | string,
): Promise<Pages> {
  const servers = new Map<string, Server>();
  for (const name of names) {
    const server = createServer(async (_, response) => {
      try {
        response.end(await read(name));
      } catch (error) {
        response.writeHead(500);
        response.end(error instanceof Error ? error.message : '');
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.set(name, server);
  }
  return {
    addressOf(page) {
      const address = servers.get(page)?.address();
      return typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : NOBODY;
    },
    async close() {
      for (const server of servers.values()) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}
