import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { discoveryDocuments } from '../../../../src/platform/apiserver/http/discoveryDocuments.ts';
import { emptyJson, emptyProtobuf } from '../../../../src/platform/apiserver/http/openapiV2.ts';
import { builtinResources } from '../../../../src/platform/apiserver/resources/builtin.ts';
import { customResources } from '../../../../src/platform/apiserver/resources/custom/resources.ts';
import { ResourceIndex } from '../../../../src/platform/apiserver/resources/resourceIndex.ts';
import { WIDGETS } from './widgets.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
const resources = new ResourceIndex(builtinResources());
const documents = discoveryDocuments({ resources, version: 'v1.36.3', address: () => '127.0.0.1:6443' });

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const exchange = { request, response, query: searchParams, warnings: () => [] };
    void documents.serve(exchange, pathname).then((isServed) => {
      if (!isServed) response.writeHead(404).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});

afterAll(async () => {
  server.close();
  await once(server, 'close');
});

describe('documents', () => {
  it.each([
    ['/api', 'APIVersions'],
    ['/apis', 'APIGroupList'],
    ['/apis/', 'APIGroupList'],
    ['/apis/apps', 'APIGroup'],
    ['/apis/apps/v1', 'APIResourceList'],
    ['/api/v1', 'APIResourceList'],
  ])('%s is an %s', async (path, kind) => {
    expect(await json(path)).toMatchObject({ kind });
  });

  it.each(['/apis/nobody.example.com', '/apis/apps/v2', '/api/v2', '/openapi/v3/apis/apps/v2', '/nowhere'])(
    '%s is none',
    async (path) => {
      expect((await fetch(url + path)).status).toBe(404);
    },
  );

  it('list the paths', async () => {
    const { paths } = await json('/');
    expect(paths).toEqual(
      expect.arrayContaining(['/api/v1', '/apis/apps', '/apis/apps/v1', '/openapi/v3', '/version']),
    );
  });

  it('tell all at once whom it is asked of, with a tag', async () => {
    const headers = { accept: AGGREGATED };
    const first = await fetch(`${url}/apis`, { headers });
    expect(first.headers.get('content-type')).toBe(
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    );
    expect(await first.json()).toMatchObject({ kind: 'APIGroupDiscoveryList' });
    const tag = first.headers.get('etag') ?? '';
    const again = await fetch(`${url}/apis`, { headers: { ...headers, 'if-none-match': tag } });
    expect(again.status).toBe(304);
    expect((await fetch(`${url}/api`, { headers })).headers.get('content-type')).toContain('APIGroupDiscoveryList');
  });

  it('follow the resources', async () => {
    resources.set('widgets', { state: 1 }, () => customResources(WIDGETS));
    expect(await json('/apis/gold.example.com/v1')).toMatchObject({ groupVersion: 'gold.example.com/v1' });
    resources.delete('widgets');
    expect((await fetch(`${url}/apis/gold.example.com/v1`)).status).toBe(404);
  });
});

describe('OpenAPI v3', () => {
  it('is kept for good by who names its hash, and found by who names an old one', async () => {
    const { paths } = await json('/openapi/v3');
    const [relative] = Object.values(Object(paths)['apis/policy/v1'] ?? {});
    const named = await fetch(url + String(relative));
    expect(named.headers.get('cache-control')).toContain('immutable');
    expect(await named.json()).toMatchObject({ openapi: '3.0.0' });

    const old = await fetch(`${url}/openapi/v3/apis/policy/v1?hash=OLD`, { redirect: 'manual' });
    expect(old.status).toBe(301);
    expect(old.headers.get('location')).toBe(relative);

    const unnamed = await fetch(`${url}/openapi/v3/apis/policy/v1`);
    expect(unnamed.headers.get('cache-control')).toBe('no-cache, private');
    await unnamed.text();
  });
});

describe('OpenAPI v2', () => {
  it('has nothing in it, as JSON and as protobuf', async () => {
    expect(await json('/openapi/v2')).toMatchObject({ swagger: '2.0', paths: {} });
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const answer = await fetch(`${url}/openapi/v2`, { headers: { accept } });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(emptyProtobuf('v1.36.3'));
    expect(emptyProtobuf('v1').toString('latin1')).toBe('\n\x032.0\x12\x10\n\nKubernetes\x12\x02v1B\x00');
    expect(JSON.parse(emptyJson('v1'))).toMatchObject({ info: { version: 'v1' } });
  });
});

async function json(path: string): Promise<JsonObject> {
  const answer = await fetch(url + path);
  expect(answer.status).toBe(200);
  const body: JsonObject = JSON.parse(await answer.text());
  return body;
}
