/** All controllers in one process, as `weir controller` runs them, on the embedded API server. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CONTROLLERS } from '../../controllers/all.ts';
import { type RunningControllers, startControllers } from '../../controllers/main.ts';
import { CONTROLLER_NAMES } from '../../src/cli/controller/options.ts';
import { leases } from '../../src/kubernetes/client/lease.ts';
import { stringAt } from '../../src/kubernetes/json.ts';
import { makeLogger } from '../../src/process/log.ts';
import { METRICS, type Metric } from '../../src/process/metrics/catalogue.ts';
import { type Cluster, startCluster } from './kit/cluster.ts';

jest.setTimeout(120_000);

let cluster: Cluster;
let sink: Server;
let running: RunningControllers;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace('weir-system');
  sink = createServer((request, response) => request.resume().on('end', () => response.writeHead(202).end()));
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  running = await startControllers(
    {
      policies: 'policies',
      kubeconfig: cluster.kubeconfig,
      leaseNamespace: 'weir-system',
      events: { sink: `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`, source: '/weir' },
      metrics: { port: 0, bind: '127.0.0.1' },
      logLevel: 'silent',
    },
    { environment: {}, log: makeLogger('silent') },
  );
});

afterAll(async () => {
  await running.stop();
  await cluster.stop();
  sink.close();
});

async function read(path: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`http://127.0.0.1:${running.metricsPort}${path}`);
  return { status: answer.status, text: await answer.text() };
}

async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('all controllers together', () => {
  it('have the names that the command line knows', () => {
    expect(CONTROLLERS.map(({ name }) => name)).toEqual([...CONTROLLER_NAMES]);
  });

  it('lead, follow and are ready', async () => {
    await until(async () => (await read('/readyz')).status === 200, 'they are ready');
    expect((await read('/readyz')).text).toBe('[+]policies ok\n[+]caches ok\n[+]shutdown ok\nreadyz check passed\n');
    expect((await read('/healthz')).status).toBe(200);
    await until(() => running.manager.isLeader(), 'they lead');
    const lease = await cluster.client.get(leases, { namespace: 'weir-system', name: 'weir-controller' });
    expect(stringAt(lease, 'spec', 'holderIdentity')).toBe(running.manager.leader());
  });

  it('have metrics that all stand in the catalogue, as it says them', async () => {
    const made = await running.manager.registry.getMetricsAsJSON();
    const catalogue: Readonly<Record<string, Metric>> = METRICS;
    const unknown = made.filter(({ name, help, type }) => {
      const metric = catalogue[name];
      return metric === undefined || metric.help !== help || metric.type !== String(type);
    });
    expect(unknown.map(({ name }) => name)).toEqual([]);
    const missing = Object.entries(catalogue)
      .filter(([name, { of }]) => of !== 'webhook' && !made.some((each) => each.name === name))
      .map(([name]) => name);
    expect(missing).toEqual([]);
  });

  it('tell under the names that dashboards know', async () => {
    const { text } = await read('/metrics');
    expect(text).toContain('leader_election_master_status{name="weir-controller"} 1\n');
    expect(text).toMatch(/^controller_runtime_max_concurrent_reconciles\{controller="schedule"\} \d+$/m);
    expect(text).toContain('workqueue_depth{name="schedule",controller="schedule",priority="0"} 0\n');
    expect(text).toMatch(/^rest_client_requests_total\{code="200",method="GET",host="127.0.0.1:\d+"\} \d+$/m);
    expect(text).toContain('workqueue_queue_duration_seconds_bucket{le="1e-8",');
  });

  it('ask for nothing but watches and the Lease while nothing happens', async () => {
    await until(
      () => running.manager.controllers.every(({ runner: { queue } }) => queue.depth + queue.working === 0),
      'they rest',
    );
    const count = async (): Promise<number> => {
      const metric = await running.manager.registry.getSingleMetric('rest_client_requests_total')?.get();
      return (metric?.values ?? []).reduce(
        (sum, { value, labels }) => (labels.method === 'PUT' ? sum : sum + value),
        0,
      );
    };
    const before = await count();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect((await count()) - before).toBe(0);
  });
});
