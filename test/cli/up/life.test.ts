/** `weir up` as its users run it: a process of its own, from its first line to the end. */
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { clientOver } from '../../../src/kubernetes/client/client.ts';
import { connect } from '../../../src/kubernetes/client/connection.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { readManifests } from '../../../src/kubernetes/yaml/read.ts';
import { folderWith } from '../harness.ts';
import { isBuilt, isUp, type Running, says, start } from './running.ts';

jest.setTimeout(240_000);

const describeBuilt = isBuilt ? describe : describe.skip;
const SERVICES = {
  group: 'serving.knative.dev',
  version: 'v1',
  plural: 'services',
  kind: 'Service',
  isNamespaced: true,
};

async function clientOf(folder: string) {
  const kubeconfig = path.join(folder, '.weir/kubeconfig');
  const connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  return { client: clientOver(connection), close: () => connection.close() };
}

function example(name: string, namespace: string): JsonObject {
  const [document] = readManifests(readFileSync(path.resolve('examples/first-look', name)), name).documents;
  const object = document?.object ?? {};
  return { ...object, metadata: { ...objectAt(object, 'metadata'), namespace } };
}

describeBuilt(isBuilt ? 'weir up' : 'weir up (skipped: not built; run npm run build)', () => {
  let folder = '';
  let first: Running;

  beforeAll(async () => {
    folder = folderWith({});
    first = start(folder);
    await isUp(first);
  });

  it('fills in, lets in and denies', async () => {
    const { client, close } = await clientOf(folder);
    const made = await client.create(SERVICES, example('hello.yaml', 'shop-dev'));
    const annotations = objectAt(made, 'spec', 'template', 'metadata', 'annotations');
    expect(annotations?.['autoscaling.knative.dev/max-scale']).toBe('3');
    await client.create(SERVICES, example('hello.yaml', 'shop-prod'));
    await expect(client.create(SERVICES, example('greedy.yaml', 'shop-prod'))).rejects.toThrow(
      'autoscaling/max-scale at /spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale: max-scale is 500, and prod allows at most 50',
    );
    close();
  });

  it('keeps tokens and keys for their owner, and out of Git', () => {
    for (const file of ['kubeconfig', 'webhook.kubeconfig', 'webhook.log', 'controller.kubeconfig', 'controller.log']) {
      expect(statSync(path.join(folder, '.weir', file)).mode & 0o077).toBe(0);
    }
    expect(readFileSync(path.join(folder, '.weir/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('tells of a policy that breaks while it runs, and that it is good again', async () => {
    const policies = path.join(folder, 'policies');
    cpSync(path.resolve('policies'), policies, { recursive: true });
    const state = path.join(folder, 'news');
    const own = start(folder, '--folder', state, '--policies', policies);
    await isUp(own);
    const file = path.join(policies, 'dev.yaml');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, `${good}\n  maxscale: 3\n`);
    await says(own, 'the last good policies judge on');
    expect(own.output()).toMatch(/dev\.yaml:\d+:\d+: .*maxscale/);
    writeFileSync(file, good);
    await says(own, 'the policies can be used again, and judge');
    own.child.kill('SIGINT');
    expect(await own.ended).toBe(0);
  });

  it('refuses a second one on the same folder, and on the same port', async () => {
    const second = start(folder);
    expect(await second.ended).toBe(2);
    expect(second.output()).toMatch(
      new RegExp(`another process, ${first.child.pid}, has the store .* open; stop it first`),
    );

    const port = /127\.0\.0\.1:(\d+)/.exec(first.output())?.[1] ?? '';
    const third = start(folderWith({}), '--port', port);
    expect(await third.ended).toBe(2);
    expect(third.output()).toContain(`cannot listen on 127.0.0.1:${port}: another program listens there`);
    expect(third.output()).not.toContain('mistake of Weir');
  });

  it('ends by an interrupt, and finds all of it again at the next start', async () => {
    first.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 20));
    first.child.kill('SIGINT'); // npm hands on what the terminal has sent already
    expect(await first.ended).toBe(0);
    const again = start(folder);
    await isUp(again);
    const { client, close } = await clientOf(folder);
    const kept = await client.get(SERVICES, { namespace: 'shop-dev', name: 'hello' });
    expect(stringAt(kept, 'metadata', 'name')).toBe('hello');
    await expect(client.create(SERVICES, example('greedy.yaml', 'shop-prod'))).rejects.toThrow('max-scale is 500');
    close();
    again.child.kill('SIGTERM');
    expect(await again.ended).toBe(0);
  });

  it('ends by an interrupt while it starts, and starts again', async () => {
    const other = folderWith({});
    const early = start(other);
    while (!early.output().includes('answers at')) await new Promise((resolve) => setTimeout(resolve, 5));
    early.child.kill('SIGINT');
    expect(await early.ended).toBe(0);
    expect(early.output()).not.toContain('Weir is up');

    const again = start(other);
    await isUp(again);
    again.child.kill('SIGINT');
    expect(await again.ended).toBe(0);
  });
});
