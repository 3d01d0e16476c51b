/** Ends a server of HTTP: what is being written has a moment for that. */
import type { Server } from 'node:http';

/** Milliseconds for what is being written. */
const LATEST_CLOSE = 1000;

/** Takes no connection any more. @returns once the last one is closed */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), LATEST_CLOSE).unref();
  });
}
