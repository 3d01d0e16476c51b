/** What runs Pods, with the rights of its account on an API server that holds it to those. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { startManager } from '../../../controllers/manager/manager.ts';
import { NODE_ACCOUNT, nodeRole } from '../../../controllers/pods/account.ts';
import { makePodControllers } from '../../../controllers/pods/controllers.ts';
import { findAccess } from '../../../src/kubernetes/client/access.ts';
import { clientOver } from '../../../src/kubernetes/client/client.ts';
import { type Connection, connectTo } from '../../../src/kubernetes/client/connection.ts';
import { fixedCredentials } from '../../../src/kubernetes/client/credentials.ts';
import { events } from '../../../src/kubernetes/client/events.ts';
import { pods, serviceAccounts } from '../../../src/kubernetes/client/resources.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { containerLogs } from '../../../src/platform/processes/logs/logs.ts';
import type { Processes } from '../../../src/platform/processes/processes.ts';
import { startProcesses } from '../../../src/platform/processes/start.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { HandPolicies } from '../kit/policies.ts';
import { imagesFrom } from './real.ts';

jest.setTimeout(120_000);

let cluster: Cluster;
let connection: Connection;
let processes: Processes;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-node-'));
  cluster = await startCluster({ hasKnative: false });
});

afterAll(async () => {
  await processes?.stop(500);
  connection?.close();
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('it runs a Job with its account, is refused nothing, and may do no more', async () => {
  processes = startProcesses({ folder, log: SILENT, environment: process.env });
  const logs = containerLogs({ folder: path.join(folder, 'logs') });
  const images = imagesFrom({ done: 'console.log("done")' });
  const node = makePodControllers({ images, processes, logs, folder: path.join(folder, 'pods') });
  await cluster.namespace(NODE_ACCOUNT.namespace);
  await cluster.namespace('shop');
  await cluster.apply(...nodeRole(node.controllers));

  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const answer = await cluster.client.createAt(serviceAccounts, { ...NODE_ACCOUNT, subresource: 'token' }, request);
  const access = await findAccess({ kubeconfig: cluster.kubeconfig, environment: {}, clock: systemClock });
  const credentials = fixedCredentials({ authorization: `Bearer ${stringAt(answer, 'status', 'token') ?? ''}` });
  connection = connectTo({ ...access, credentials }, systemClock);
  const told: string[] = [];
  const hear = (_: object, message: string) => told.push(message);
  const client = clientOver(connection);
  const manager = startManager({
    controllers: node.controllers,
    client,
    policies: new HandPolicies(),
    clock: systemClock,
    random: Math.random,
    log: { ...SILENT, warn: hear, error: hear },
    instance: 'weir-node',
  });
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'prog/done' }] } };
  const spec = { template, ttlSecondsAfterFinished: 0 };
  const job = { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job', isNamespaced: true };
  await cluster.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once', namespace: 'shop' }, spec });

  const end = Date.now() + 60_000;
  const isThere = () =>
    cluster.client.get(job, { namespace: 'shop', name: 'once' }).then(
      () => true,
      () => false,
    );
  while ((await isThere()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(told).toEqual([]);
  expect(await isThere()).toBe(false);
  await manager.stop();
  const { items } = await cluster.client.list(events, { namespace: 'shop' });
  expect(items.map((item) => stringAt(item, 'reason'))).toEqual(expect.arrayContaining(['Started', 'Completed']));
  await expect(client.list(serviceAccounts)).rejects.toThrow('forbidden');
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'shop' }, spec: template.spec };
  await expect(client.update(pods, pod)).rejects.toThrow('forbidden');
  await node.stop(500);
});
