/** A terminal on which `weir top` stays while the platform goes and comes back, telling its metrics elsewhere. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import type { Io } from '../../../src/cli/io.ts';
import { top } from '../../../src/cli/top/top.ts';
import { folderWith } from '../harness.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) shut(server);
});

function shut(server: Server): void {
  server.closeAllConnections();
  server.close();
}

/** An API server with nothing but what `weir top` asks, and metrics beside it. */
async function listen(port = 0, metricsPath = '/metrics'): Promise<{ server: Server; port: number }> {
  const server = createServer(({ url = '' }, response) => {
    const mine = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (url.startsWith('/api/v1/namespaces/weir-system/configmaps/weir-platform')) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ kind: 'ConfigMap', data: { metrics: `${mine}${metricsPath}` } }));
    } else if (url === metricsPath) response.end('# none\n');
    else if (url.startsWith('/apis/')) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ kind: 'List', metadata: { resourceVersion: '1' }, items: [] }));
    } else response.writeHead(404).end();
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

function terminal() {
  let stdout = '';
  const ending = new AbortController();
  let heard: () => void = () => {};
  const sink = {
    isTTY: true,
    columns: 200,
    rows: 40,
    write(text: string) {
      stdout += text;
      heard();
    },
  };
  const io: Io = {
    stdin: (async function* () {})(),
    stdout: sink,
    stderr: { write: () => {} },
    cwd: '/',
    env: {},
    now: () => new Date('2026-11-21T12:00:00Z'),
    signal: ending.signal,
  };
  const context = { io, colors: () => picocolors.createColors(false) };
  /** Until the terminal showed it, from where the last wait ended. */
  async function shows(text: string): Promise<void> {
    while (!stdout.includes(text)) {
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
    stdout = '';
  }
  return { context, shows, end: () => ending.abort() };
}

function kubeconfigAt(port: number): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'weir',
    clusters: [{ name: 'weir', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'weir', user: {} }],
    contexts: [{ name: 'weir', context: { cluster: 'weir', user: 'weir' } }],
  };
  return path.join(folderWith({ config: JSON.stringify(config) }), 'config');
}

describe('weir top on a terminal', () => {
  it('waits while the platform is away, and goes on when it is back', async () => {
    const { server, port } = await listen();
    const { context, shows, end } = terminal();
    const running = top({ kubeconfig: kubeconfigAt(port), interval: '0.2' }, context);
    await shows('no Knative Services are here');
    shut(server);
    await shows('waits for it to come back, looking every 0.2 s; Ctrl-C ends');
    await listen(port, '/elsewhere');
    await shows('no Knative Services are here');
    end();
    expect(await running).toBe(0);
  });

  it('says why metrics do not come', async () => {
    const { port } = await listen();
    const { server, port: gone } = await listen();
    shut(server);
    const asked = { kubeconfig: kubeconfigAt(port), interval: '0.2', metrics: `http://127.0.0.1:${gone}/metrics` };
    await expect(top(asked, terminal().context)).rejects.toThrow('/metrics gives no metrics: connect ECONNREFUSED');
  });

  it('tells at once of what was never there', async () => {
    const { server, port } = await listen();
    shut(server);
    const { context } = terminal();
    await expect(top({ kubeconfig: kubeconfigAt(port), interval: '0.2' }, context)).rejects.toThrow(
      'the cluster cannot be read',
    );
  });
});
