/** Metrics as Prometheus reads them, in answer to a request. */
import type { ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';

export function sendMetrics(response: ServerResponse, registry: Registry): void {
  registry.metrics().then(
    (text) => {
      response.writeHead(200, { 'content-type': registry.contentType, 'content-length': Buffer.byteLength(text) });
      response.end(text);
    },
    () => sendText(response, 500, 'the metrics cannot be read\n'),
  );
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
