import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { aServer, type Server } from '../servers.ts';

let server: Server;
beforeAll(async () => {
  server = await aServer();
}, 60_000);
afterAll(() => server.close());

const MAPS = '/api/v1/namespaces/default/configmaps';
const metadataOf = (object: unknown): JsonObject => ((object as JsonObject).metadata ?? {}) as JsonObject;

async function create(name: string, labels: object = {}): Promise<JsonObject> {
  return (await server.ask('POST', MAPS, { body: { metadata: { name, labels } } })).body;
}

describe('a watch', () => {
  it('tells what happens after a version, in order', async () => {
    const { resourceVersion } = metadataOf(await create('first'));
    const watch = server.watch(`${MAPS}?watch=true&resourceVersion=${resourceVersion}`);
    await create('second');
    await server.ask('PUT', `${MAPS}/second`, { body: { metadata: { name: 'second' }, data: { a: '1' } } });
    await server.ask('DELETE', `${MAPS}/second`);
    const told = [await watch.next(), await watch.next(), await watch.next()];
    watch.stop();
    expect(told).toEqual([
      { type: 'ADDED', object: expect.objectContaining({ kind: 'ConfigMap', apiVersion: 'v1' }) },
      { type: 'MODIFIED', object: expect.objectContaining({ data: { a: '1' } }) },
      { type: 'DELETED', object: expect.objectContaining({ data: { a: '1' } }) },
    ]);
    const versions = told.map((event) => Number(metadataOf(event?.object).resourceVersion));
    expect(versions).toEqual([...versions].sort((left, right) => left - right));
  });

  it('takes what enters its selection as added, and what leaves it as deleted', async () => {
    const { resourceVersion } = metadataOf(await create('moves'));
    const watch = server.watch(`${MAPS}?watch=true&labelSelector=in&resourceVersion=${resourceVersion}`);
    const labels = (value: object | null) =>
      server.ask('PATCH', `${MAPS}/moves`, {
        body: { metadata: { labels: value } },
        headers: { 'content-type': 'application/merge-patch+json' },
      });
    await labels({ in: 'yes' });
    await labels(null);
    expect([(await watch.next())?.type, (await watch.next())?.type]).toEqual(['ADDED', 'DELETED']);
    watch.stop();
  });

  it('begins with what is there, and says where that ends', async () => {
    await create('there', { begin: 'yes' });
    const options = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = server.watch(`${MAPS}?watch=true&labelSelector=begin&${options}`);
    expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'there' } } });
    expect(await watch.next()).toMatchObject({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
      },
    });
    watch.stop();
  });

  it('ends by itself after the seconds that were asked for', async () => {
    const watch = server.watch(`${MAPS}?watch=true&labelSelector=nothing&timeoutSeconds=1`);
    expect(await watch.next()).toBeUndefined();
  });

  it('of a version that is yet to come, or too old, begins and says so', async () => {
    const watch = server.watch(`${MAPS}?watch=true&resourceVersion=0000`);
    expect(await watch.next()).toMatchObject({ type: 'ADDED' });
    watch.stop();
  });

  it('gives rows of a table, with the columns once', async () => {
    await create('row', { row: 'yes' });
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const { text } = await server.ask('GET', `${MAPS}?watch=true&labelSelector=row&timeoutSeconds=1`, {
      headers: { accept },
    });
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ type: 'ADDED', object: { kind: 'Table' } });
  });

  it('of a client that reads nothing holds nobody else up', async () => {
    const { hostname, port } = new URL(server.url);
    const stalled = connect({ host: hostname, port: Number(port), ca: server.ca });
    stalled.pause();
    stalled.write(
      `GET ${MAPS}?watch=true HTTP/1.1\r\nHost: localhost:${port}\r\nAuthorization: Bearer ${server.token}\r\n\r\n`,
    );
    const { resourceVersion } = metadataOf(await create('quick'));
    const watch = server.watch(`${MAPS}?watch=true&labelSelector=big&resourceVersion=${resourceVersion}`);
    for (let index = 0; index < 30; index++) {
      const metadata = { name: `big-${index}`, labels: { big: 'yes' } };
      await server.ask('POST', MAPS, { body: { metadata, data: { a: 'x'.repeat(500_000) } } });
      expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: `big-${index}` } } });
    }
    watch.stop();
    stalled.destroy();
  }, 60_000);

  it('ends when the server closes', async () => {
    const other = await aServer();
    const watch = other.watch(`${MAPS}?watch=true&labelSelector=nothing`);
    await other.ask('GET', '/readyz'); // the watch was asked for before
    const ended = watch.next();
    await other.close();
    expect(await ended).toBeUndefined();
  }, 60_000);
});
