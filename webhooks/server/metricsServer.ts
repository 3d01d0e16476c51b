/** /metrics at a port of its own, without TLS: Prometheus need not know the CA, and a NetworkPolicy can tell the ports apart. */
import { createServer, type Server } from 'node:http';
import { StartFailure } from '../startFailure.ts';
import { sendMetrics } from './app.ts';
import type { Metrics } from './metrics.ts';
import { whyNot } from './server.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function serveMetrics(
  { port, bind }: { readonly port: number; readonly bind: string },
  metrics: Metrics,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') sendMetrics(response, { metrics });
    else response.writeHead(404).end('there is /metrics\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new StartFailure(whyNot(error, port, bind))));
    server.listen(port, bind, resolve);
  });
  return { port: portOf(server), close: () => closed(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
