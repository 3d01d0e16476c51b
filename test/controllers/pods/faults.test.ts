/** Programs that go wrong, and how they are asked and ended. */

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pods } from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, numberAt, stringAt } from '../../../src/kubernetes/json.ts';
import type { Images } from '../../../src/platform/processes/images.ts';
import { isRunning, until } from '../../platform/processes/kit.ts';
import { imagesFrom, isReady, NAMESPACE, type RealNode, startRealNode } from './real.ts';

jest.setTimeout(180_000);

const programs = {
  fails: 'process.exit(1)',
  deaf: 'console.log(process.pid); setInterval(() => {}, 1e6)',
  sick: `require('node:http').createServer((q, s) => { s.statusCode = q.url === '/alive' ? 500 : 200; s.end(); }).listen(process.env.PORT)`,
  hooked: `require('node:http').createServer((q, s) => { console.log(q.url); s.end(); }).listen(process.env.PORT); process.on('SIGTERM', () => { console.log('term'); process.exit(0); })`,
  parent: `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']); child.on('spawn', () => console.log(process.pid + ' ' + child.pid)); setInterval(() => {}, 1e6)`,
};
const allowed = [process.execPath, '-e', 'process.exit(process.env.HEALTH === "good" ? 0 : 1)'];
const drained: string[] = [];
let lookedFor = 0;

let real: RealNode;

beforeAll(async () => {
  const images = imagesFrom(programs, [allowed]);
  const counting: Images = {
    programFor(image) {
      if (image === 'prog/nothing') lookedFor++;
      return images.programFor(image);
    },
  };
  real = await startRealNode(counting, {
    mostPods: 12,
    drain: async ({ name }) => {
      drained.push(name);
    },
  });
});

afterAll(() => real.stop());

function container(image: string, more: JsonObject = {}): JsonObject {
  return { containers: [{ name: 'x', image: `prog/${image}`, ports: [{ containerPort: 8080 }], ...more }] };
}

function restartsOf(pod: JsonObject): number {
  return numberAt(arrayAt(pod, 'status', 'containerStatuses')[0], 'restartCount') ?? 0;
}

async function logOf(name: string): Promise<string> {
  let text = '';
  const end = Date.now() + 30_000;
  while (text === '' && Date.now() < end) {
    text = await real.log(name);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return text;
}

async function untilTold(name: string, part: string): Promise<void> {
  let told: string[] = [];
  const end = Date.now() + 30_000;
  while (!told.some((line) => line.includes(part)) && Date.now() < end) {
    told = await real.told(name);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(told).toContainEqual(expect.stringContaining(part));
}

describe('a program', () => {
  it('that never becomes ready runs on, and its Pod says that it is not', async () => {
    await real.create('deaf', container('deaf', { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } }));
    await untilTold('deaf', 'Unhealthy: Readiness probe failed: dial tcp 127.0.0.1:');
    const pod = await real.get('deaf');
    expect(isReady(pod)).toBe(false);
    expect(pod).toMatchObject({
      status: { phase: 'Running', containerStatuses: [{ ready: false, started: true, restartCount: 0 }] },
    });
  });

  it('that does not start in time is started again', async () => {
    const startupProbe = {
      tcpSocket: { port: 8080 },
      periodSeconds: 1,
      failureThreshold: 1,
      terminationGracePeriodSeconds: 1,
    };
    await real.create('late', container('deaf', { startupProbe }));
    await real.until('late', (pod) => restartsOf(pod) > 0, 'is started again');
    await untilTold('late', 'Killing: Container x failed startup probe, will be restarted');
  });

  it('that is not alive any more is started again', async () => {
    const livenessProbe = {
      httpGet: { port: 8080, path: '/alive' },
      periodSeconds: 1,
      failureThreshold: 1,
      terminationGracePeriodSeconds: 1,
    };
    const startupProbe = { httpGet: { port: 8080 } };
    await real.create('sick', container('sick', { livenessProbe, startupProbe }));
    await real.until('sick', (pod) => restartsOf(pod) > 0, 'is started again');
    await untilTold('sick', 'Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 500');
  });

  it('is not asked whether it is alive in the moment in which it starts', async () => {
    const livenessProbe = { tcpSocket: { port: 8080 }, periodSeconds: 60, failureThreshold: 1 };
    const readinessProbe = { tcpSocket: { port: 8080 } };
    await real.create('fresh', container('hooked', { livenessProbe, readinessProbe }));
    const pod = await real.until('fresh', isReady, 'is ready');
    expect(restartsOf(pod)).toBe(0);
    expect(await real.told('fresh')).not.toContainEqual(expect.stringContaining('Liveness probe failed'));
    await real.client.delete(pods, { namespace: NAMESPACE, name: 'fresh' });
    await real.untilGone('fresh');
  });

  it('is asked by a command that weir.yaml names, and by no other', async () => {
    const env = (value: string) => [{ name: 'HEALTH', value }];
    const probe = (command: string[]) => ({
      readinessProbe: { exec: { command }, periodSeconds: 1 },
      livenessProbe: { exec: { command: ['rm', '-rf', '/'] } },
    });
    await real.create('good', container('deaf', { env: env('good'), ...probe(allowed) }));
    await real.create('poor', container('deaf', { env: env('poor'), ...probe(allowed) }));
    await real.create('listens', container('hooked', probe(['cat', '/etc/passwd'])));
    await real.create('silent', container('deaf', probe(['cat', '/etc/passwd'])));
    for (const name of ['good', 'listens']) await real.until(name, isReady, 'is ready');
    await untilTold('poor', 'Unhealthy: Readiness probe failed');
    await untilTold('silent', 'Unhealthy: Readiness probe failed: dial tcp');
    await untilTold('silent', 'ExecNotMapped: the readiness probe of container x runs ["cat","/etc/passwd"]');
    for (const name of ['poor', 'silent']) expect(isReady(await real.get(name))).toBe(false);
  });

  it('has its requests drained and its preStop asked before it ends', async () => {
    const lifecycle = { preStop: { httpGet: { port: 8080, path: '/bye' } } };
    await real.create('hooked', container('hooked', { lifecycle, readinessProbe: { tcpSocket: { port: 8080 } } }));
    await real.until('hooked', isReady, 'is ready');
    const log = real.log('hooked', '?follow=true');
    await real.client.delete(pods, { namespace: NAMESPACE, name: 'hooked' });
    await real.untilGone('hooked');
    expect(await log).toBe('/bye\nterm\n');
    expect(drained.filter((name) => name === 'hooked')).toEqual(['hooked']);
  });

  it('that is killed by somebody is started again, and nothing of it stays', async () => {
    await real.create('killed', container('parent'));
    await real.until('killed', isReady, 'is ready');
    const [pid = 0, child = 0] = (await logOf('killed')).split(' ').map(Number);
    process.kill(pid, 'SIGKILL');
    const pod = await real.until('killed', (each) => restartsOf(each) > 0 && isReady(each), 'runs again');
    expect(pod).toMatchObject({
      status: { containerStatuses: [{ lastState: { terminated: { exitCode: 137, signal: 9, reason: 'Error' } } }] },
    });
    await until(() => !isRunning(child), 'its child is gone');
  });

  it('of a Pod that is deleted at once ends, too, and its name is free', async () => {
    await real.create('forced', container('deaf'));
    await real.until('forced', isReady, 'is ready');
    const pid = Number(await logOf('forced'));
    const uid = stringAt(await real.get('forced'), 'metadata', 'uid');
    await real.client.delete(pods, { namespace: NAMESPACE, name: 'forced' }, { gracePeriodSeconds: 0 });
    await real.create('forced', container('deaf'));
    const pod = await real.until('forced', isReady, 'is ready');
    expect(stringAt(pod, 'metadata', 'uid')).not.toBe(uid);
    await until(() => !isRunning(pid), 'the old one is gone');
  });

  it('that nothing maps, and what waits in a backoff, takes no time, and goes at once', async () => {
    await real.create('nothing', { containers: [{ name: 'x', image: 'prog/nothing' }] });
    await real.create('crashes', container('fails'));
    for (const [name, reason] of [
      ['nothing', 'ContainerMissing'],
      ['crashes', 'CrashLoopBackOff'],
    ] as const) {
      await real.until(name, (pod) => JSON.stringify(pod.status).includes(reason), reason);
    }
    const before = lookedFor;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(lookedFor - before).toBeLessThan(5);
    for (const name of ['nothing', 'crashes']) {
      await real.client.delete(pods, { namespace: NAMESPACE, name });
      await real.untilGone(name);
    }
  });

  it('for which there is no room waits for one that ends', async () => {
    const { items } = await real.client.list(pods, { namespace: NAMESPACE });
    for (let count = items.length; count < 12; count++) await real.create(`fill-${count}`, container('deaf'));
    await real.create('full', container('deaf'));
    const isFull = (pod: JsonObject) => JSON.stringify(pod.status).includes('Unschedulable');
    const pod = await real.until('full', isFull, 'waits');
    expect(stringAt(pod, 'status', 'phase')).toBe('Pending');
    await real.client.delete(pods, { namespace: NAMESPACE, name: 'deaf' });
    await real.until('full', isReady, 'is ready');
  });
});
