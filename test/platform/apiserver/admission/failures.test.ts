import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { ServiceResolver } from '../../../../src/platform/apiserver/admission/services.ts';
import type { Store } from '../../../../src/platform/apiserver/store/store.ts';
import { FakeClock } from '../../../kubernetes/client/fakeClock.ts';
import {
  AUTHORITY,
  aCertificate,
  allow,
  anAdmission,
  anAuthority,
  asked,
  aWebhook,
  bundle,
  configure,
  entry,
  outcome,
  type Respond,
  url,
} from './webhooks.ts';

const CALLING = '500 Internal error occurred: failed calling webhook "web.example.com": ';
const FAILED = `${CALLING}failed to call webhook: `;
const CERTIFICATE = 'tls: failed to verify certificate: x509: ';

/** What comes of one validating webhook with the clientConfig; under `Ignore` nothing may come of a failure. */
async function called(
  clientConfig: JsonObject,
  resolve?: ServiceResolver,
  fill?: (store: Store) => Promise<void>,
): Promise<unknown> {
  const { store, admission } = await anAdmission(resolve === undefined ? {} : { resolve });
  await fill?.(store);
  await configure(store, 'validating', 'one', [entry(clientConfig, { failurePolicy: 'Ignore' })]);
  expect(await outcome(admission, asked())).toEqual({});
  await configure(store, 'validating', 'one', [entry(clientConfig)]);
  return outcome(admission, asked());
}

const service = {
  service: { namespace: 'shop', name: 'web', path: '/review', port: 8443 },
  caBundle: bundle(AUTHORITY),
};
const POST = 'Post "https://web.shop.svc:8443/review?timeout=10s": ';

describe('a webhook by service', () => {
  async function put(store: Store, resource: string, object: JsonObject, name = 'web'): Promise<void> {
    const key = { resource, namespace: 'shop', name };
    await store.put(key, { metadata: { name, labels: { 'kubernetes.io/service-name': 'web' } }, ...object }, undefined);
  }
  const spec = { type: 'ClusterIP', clusterIP: '10.0.0.1', ports: [{ name: 'https', port: 8443, targetPort: 9443 }] };

  it.each<[string, (port: number) => Record<string, JsonObject>]>([
    [
      'EndpointSlices',
      (port) => ({
        'endpointslices.discovery.k8s.io': {
          ports: [
            { name: 'other', port: 1 },
            { name: 'https', port },
          ],
          endpoints: [{ addresses: ['127.0.0.9'], conditions: { ready: false } }, { addresses: ['127.0.0.1'] }],
        },
      }),
    ],
    [
      'Endpoints',
      (port) => ({
        endpoints: { subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'https', port }] }] },
      }),
    ],
  ])('is found by its %s', async (_, endpoints) => {
    const hook = await aWebhook();
    const fill = async (store: Store) => {
      await put(store, 'services', { spec });
      for (const [resource, object] of Object.entries(endpoints(hook.port))) await put(store, resource, object);
    };
    expect(await called(service, undefined, fill)).toEqual({});
    expect(hook.requests[0]?.url).toBe('/review?timeout=10s');
    expect(hook.requests[0]?.headers.host).toBe('web.shop.svc:8443');
  });

  it('is found by its external name', async () => {
    const hook = await aWebhook();
    const external = { ...service, service: { ...service.service, port: hook.port } };
    const fill = (store: Store) =>
      put(store, 'services', { spec: { type: 'ExternalName', externalName: '127.0.0.1' } });
    expect(await called(external, undefined, fill)).toEqual({});
  });

  it('is found where somebody knows it, with a Service in the store or without', async () => {
    const hook = await aWebhook();
    const asks: unknown[] = [];
    const resolve: ServiceResolver = (reference) => {
      asks.push(reference);
      return { host: '127.0.0.1', port: hook.port };
    };
    expect(await called(service, resolve)).toEqual({});
    expect(asks[0]).toEqual({ namespace: 'shop', name: 'web', port: 8443 });
    expect(await called(service, resolve, (store) => put(store, 'services', { spec }))).toEqual({});
  });

  it.each<[JsonObject | undefined, string]>([
    [undefined, 'service "web" not found'],
    [{ spec }, 'no endpoints available for service "web"'],
    [{ spec: { ports: [{ port: 1 }] } }, 'no service port 8443 found for service "web"'],
    [{}, 'no service port 8443 found for service "web"'],
  ])('is missed with %j', async (object, expected) => {
    const fill = async (store: Store) => {
      if (object !== undefined) await put(store, 'services', object);
    };
    expect(await called(service, () => undefined, fill)).toBe(`${FAILED}${POST}${expected}`);
  });

  it('must have a certificate of the service', async () => {
    const hook = await aWebhook(allow(), aCertificate(['other.shop.svc']));
    const resolve = () => ({ host: '127.0.0.1', port: hook.port });
    const names = 'other.shop.svc, 127.0.0.1';
    expect(await called(service, resolve)).toBe(
      `${FAILED}${POST}${CERTIFICATE}certificate is valid for ${names}, not web.shop.svc`,
    );
  });
});

describe('a webhook by url', () => {
  it('must have a certificate of the bundle', async () => {
    const hook = await aWebhook();
    const stranger = { ...url(hook.port), caBundle: bundle(anAuthority()) };
    const post = `Post "https://localhost:${hook.port}/review?timeout=10s": `;
    const expected = `${FAILED}${post}${CERTIFICATE}certificate signed by unknown authority`;
    expect(await called(stranger)).toBe(expected);
    expect(await called({ url: `https://localhost:${hook.port}/review` })).toBe(expected);
    expect(hook.reviews).toEqual([]);
  });

  it('may have the very certificate of the bundle', async () => {
    const own = anAuthority();
    const served = aCertificate(['localhost'], own);
    const hook = await aWebhook(allow(), served);
    expect(await called({ ...url(hook.port), caBundle: bundle(served) })).toEqual({});
  });

  it('may be at an address that its certificate names', async () => {
    const hook = await aWebhook();
    expect(await called({ ...url(hook.port), url: `https://127.0.0.1:${hook.port}/review` })).toEqual({});
    const unnamed = `https://127.0.0.2:${hook.port}/review`;
    expect(await called({ ...url(hook.port), url: unnamed })).toMatch(/connection refused$|not 127\.0\.0\.2$/);
  });

  it('that nobody listens at', async () => {
    const expected = `${FAILED}Post "https://127.0.0.1:1/?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused`;
    expect(await called({ url: 'https://127.0.0.1:1' })).toBe(expected);
  });

  it('that speaks no TLS', async () => {
    const server = createServer((_, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const said = await called(url(port));
    server.closeAllConnections();
    server.close();
    expect(said).toBe(
      `${FAILED}Post "https://localhost:${port}/review?timeout=10s": http: server gave HTTP response to HTTPS client`,
    );
  });

  it.each([
    [
      { url: 'https://' },
      `${CALLING}could not get REST client: failed calling webhook "web.example.com": Unparsable URL: parse "https://": invalid URL`,
    ],
    [
      {},
      `${CALLING}could not get REST client: failed calling webhook "web.example.com": webhook configuration must have either service or URL`,
    ],
  ])('%j', async (clientConfig, expected) => {
    expect(await called(clientConfig)).toBe(expected);
  });
});

describe('an answer of HTTP', () => {
  function says(status: number, type: string, body: string): Respond {
    return (_review, _request, response) => {
      response.writeHead(status, { 'content-type': type });
      response.end(body);
      return undefined;
    };
  }
  const status = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: 'not today',
    code: 503,
  });
  it.each<[Respond, string]>([
    [says(500, 'text/plain', 'boom\n'), 'an error on the server ("boom") has prevented the request from succeeding'],
    [says(502, 'application/json', ''), 'an error on the server ("unknown") has prevented the request from succeeding'],
    [says(404, 'text/plain', '404 page not found'), 'the server could not find the requested resource'],
    [says(403, 'text/plain', 'go away'), 'go away'],
    [says(418, 'text/plain', ''), 'the server responded with the status code 418 but did not return more information'],
    [says(503, 'application/json', status), 'not today'],
    [says(200, 'application/json', ''), '0-length response with status code: 200 and content type: application/json'],
    [
      says(200, 'application/json', '[]'),
      expect.stringContaining('json parse error: json: cannot unmarshal array into') as unknown as string,
    ],
    [
      says(200, 'text/html', '<html>'),
      expect.stringContaining('json parse error: json: cannot unmarshal string into') as unknown as string,
    ],
  ])('%#', async (respond, expected) => {
    const hook = await aWebhook(respond);
    const said = String(await called(url(hook.port)));
    expect(said.slice(0, FAILED.length)).toBe(FAILED);
    expect(said.slice(FAILED.length)).toEqual(expected);
  });

  it('that breaks off', async () => {
    const hook = await aWebhook((_review, _request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      setTimeout(() => response.destroy(), 20);
      return undefined;
    });
    expect(await called(url(hook.port))).toMatch(/failed to call webhook: Post ".*": (EOF|unexpected EOF)$/);
  });

  it('that is far too large', async () => {
    const hook = await aWebhook((_review, _request, response) => {
      const part = Buffer.alloc(1024 * 1024, ' ');
      for (let count = 0; count < 12; count++) response.write(part);
      response.end();
      return undefined;
    });
    expect(await called(url(hook.port))).toMatch(/the answer is larger than 8388608 bytes$/);
  });
});

describe('a webhook that is silent', () => {
  it.each([
    ['before it answers', () => undefined],
    [
      'in the middle of its answer',
      (_review, _request, response) => {
        response.writeHead(200);
        response.write('{');
        return undefined;
      },
    ],
  ] satisfies [string, Respond][])('is waited for as long as it says: %s', async (_, respond) => {
    const clock = new FakeClock();
    let arrived = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const hook = await aWebhook((...call) => {
      setTimeout(arrived, 20);
      return respond(...call);
    });
    const { store, admission } = await anAdmission({ clock });
    await configure(store, 'validating', 'one', [entry(url(hook.port), { timeoutSeconds: 3 })]);
    const said = outcome(admission, asked());
    await arrival;
    clock.advance(2_900);
    expect(clock.waiting).toBe(1);
    clock.advance(100);
    const post = `Post "https://localhost:${hook.port}/review?timeout=3s": `;
    expect(await said).toBe(`${FAILED}${post}context deadline exceeded`);
    expect(clock.waiting).toBe(0);
  });
});

describe('a webhook that closes kept connections', () => {
  it('is asked again over another one', async () => {
    let drop = false;
    const hook = await aWebhook((review, request, response) => {
      if (drop) {
        drop = false;
        request.socket.destroy();
        return undefined;
      }
      return allow()(review, request, response);
    });
    const { store, admission } = await anAdmission();
    await configure(store, 'validating', 'one', [entry(url(hook.port))]);
    expect(await outcome(admission, asked())).toEqual({});
    drop = true;
    expect(await outcome(admission, asked())).toEqual({});
    expect(hook.reviews).toHaveLength(3);
  });

  it('is not asked again over a new one', async () => {
    const hook = await aWebhook((_review, request) => {
      request.socket.destroy();
      return undefined;
    });
    const { store, admission } = await anAdmission();
    await configure(store, 'validating', 'one', [entry(url(hook.port))]);
    expect(await outcome(admission, asked())).toMatch(/Post ".*": EOF$/);
    expect(hook.reviews).toHaveLength(1);
  });
});
