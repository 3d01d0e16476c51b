import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Client, clientOver } from '../../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../../src/kubernetes/client/connection.ts';
import { namespaces } from '../../../../src/kubernetes/client/resources.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import { type ApiServer, startApiServer } from '../../../../src/platform/apiserver/start.ts';
import { type ContainerLogs, containerLogs } from '../../../../src/platform/processes/logs/logs.ts';
import type { Output } from '../../../../src/platform/processes/processes.ts';

jest.setTimeout(60_000);

const PODS = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', isNamespaced: true };

let folder: string;
let logs: ContainerLogs;
let server: ApiServer;
let connection: Connection;
let client: Client;
const outputs = new Map<string, Output>();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-podlog-'));
  logs = containerLogs({ folder: path.join(folder, 'logs') });
  server = await startApiServer({ folder: path.join(folder, 'apiserver'), logs });
  connection = await connect({ kubeconfig: server.kubeconfig, environment: {}, clock: systemClock });
  client = clientOver(connection);
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  await aPod('one', ['web'], [{ running: 0 }]);
  await aPod('two', ['web', 'side'], [{ running: 0 }, { running: 0 }]);
  await aPod('again', ['web'], [{ running: 1, terminated: 0 }]);
  await aPod('crashed', ['web'], [{ terminated: 2 }]);
  await aPod('new', ['web'], []);
});

afterAll(async () => {
  for (const output of outputs.values()) output.close();
  connection.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** @param starts of each container: which one runs, and which ended before */
async function aPod(
  name: string,
  containers: readonly string[],
  starts: readonly { readonly running?: number; readonly terminated?: number }[],
): Promise<void> {
  const spec = { containers: containers.map((each) => ({ name: each, image: 'x' })) };
  const metadata = { name, namespace: 'shop' };
  const pod = await client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
  const uid = stringAt(pod, 'metadata', 'uid') ?? '';
  const idOf = (container: string, start: number): string => `weir://${uid}/${container}/${start}`;
  const statuses: JsonObject[] = [];
  for (const [index, { running, terminated }] of starts.entries()) {
    const container = containers[index] ?? '';
    for (const start of [terminated, running]) {
      if (start === undefined) continue;
      const output = logs.open({ namespace: 'shop', pod: name, uid, container, start });
      output.write('stdout', Buffer.from(`${container} ${start} out\n`));
      output.write('stderr', Buffer.from(`${container} ${start} err\n`));
      outputs.set(`${name}/${container}/${start}`, output);
      if (start === terminated) output.close();
    }
    const end = terminated === undefined ? undefined : { exitCode: 1, containerID: idOf(container, terminated) };
    const common = { name: container, image: 'x', imageID: '', ready: true, restartCount: 0 };
    statuses.push({
      ...common,
      ...(running === undefined ? {} : { containerID: idOf(container, running) }),
      state: running === undefined ? { waiting: { reason: 'CrashLoopBackOff' } } : { running: {} },
      lastState: end === undefined ? {} : { terminated: end },
    });
  }
  const body = { status: { containerStatuses: statuses } };
  await client.patch(PODS, { ...metadata, subresource: 'status' }, { type: 'merge', body });
}

function read(pod: string, query = ''): Promise<unknown> {
  return client.read(`/api/v1/namespaces/shop/pods/${pod}/log${query}`);
}

describe('the log of a Pod', () => {
  it.each([
    ['one', '', 'web 0 out\nweb 0 err\n'],
    ['one', '?stream=Stderr', 'web 0 err\n'],
    ['one', '?tailLines=1', 'web 0 err\n'],
    ['one', '?limitBytes=3', 'web'],
    ['one', '?sinceSeconds=3600&container=web', 'web 0 out\nweb 0 err\n'],
    ['one', '?sinceTime=2101-01-01T00:00:00Z', ''],
    ['two', '?container=side', 'side 0 out\nside 0 err\n'],
    ['again', '', 'web 1 out\nweb 1 err\n'],
    ['again', '?previous=true', 'web 0 out\nweb 0 err\n'],
    ['crashed', '', 'web 2 out\nweb 2 err\n'],
    ['crashed', '?previous=true', 'web 2 out\nweb 2 err\n'],
  ])('of %s with %s', async (pod, query, expected) => {
    expect(await read(pod, query)).toBe(expected);
  });

  it('tells times on demand', async () => {
    expect(await read('one', '?timestamps=true&tailLines=1')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z web 0 err\n$/);
  });

  it.each([
    ['two', '', 400, 'a container name must be specified for pod two, choose one of: [web side]'],
    ['one', '?container=no', 400, 'container no is not valid for pod one'],
    ['one', '?previous=true', 400, 'previous terminated container "web" in pod "one" not found'],
    ['new', '', 400, 'container "web" in pod "new" is waiting to start: ContainerCreating'],
    ['gone', '', 404, 'pods "gone" not found'],
    ['one', '?tailLines=-1', 422, 'tailLines: Invalid value: -1: must be greater than or equal to 0'],
    ['one', '?limitBytes=0', 422, 'limitBytes: Invalid value: 0: must be greater than 0'],
    ['one', '?sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z', 422, 'at most one of `sinceTime` or `sinceSeconds`'],
    ['one', '?stream=Both', 422, 'supported values: "All", "Stderr", "Stdout"'],
    ['one', '?tailLines=x', 400, 'is no whole number'],
  ])('of %s with %s is refused', async (pod, query, status, message) => {
    await expect(read(pod, query)).rejects.toMatchObject({ status, message: expect.stringContaining(message) });
  });

  it('is followed to its end', async () => {
    const reading = jest.spyOn(logs, 'read');
    const following = read('one', '?follow=true&tailLines=0');
    while (reading.mock.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    reading.mockRestore();
    outputs.get('one/web/0')?.write('stdout', Buffer.from('more\n'));
    outputs.get('one/web/0')?.close();
    expect(await following).toBe('more\n');
  });
});
