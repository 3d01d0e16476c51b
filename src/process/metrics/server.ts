/**
 * /metrics at a port of its own, without TLS: Prometheus need not know the CA, and a NetworkPolicy can tell the ports
 * apart. What has no other port tells its health here, too.
 */
import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';
import type { Health } from '../health.ts';
import { whyNot } from '../listening.ts';
import { StartFailure } from '../startFailure.ts';
import { sendMetrics, sendText } from './send.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  /** 0 takes any that is free. */
  readonly port: number;
  readonly bind: string;
  readonly registry: Registry;
  /** Answered as /readyz, beside /healthz, where it is given. */
  readonly readiness?: () => Health;
}

export async function serveMetrics({ port, bind, registry, readiness }: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') sendMetrics(response, registry);
    else if (readiness === undefined) sendText(response, 404, 'there is /metrics\n');
    else if (request.url === '/healthz') sendText(response, 200, '[+]ping ok\nhealthz check passed\n');
    else if (request.url === '/readyz') {
      const { isReady, text } = readiness();
      sendText(response, isReady ? 200 : 503, text);
    } else sendText(response, 404, 'there are /healthz, /readyz and /metrics\n');
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
