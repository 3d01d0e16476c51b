/** What `weir events trace` tells of answers, and of Triggers that are not ready, which the platform's log does not know. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { drawTrace } from '../../../src/cli/events/trace.ts';
import { colorsFor } from '../../../src/cli/io.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { folderWith, weir } from '../harness.ts';

function aTrigger(name: string, status: string, reason: string, spec: JsonObject = {}): JsonObject {
  return {
    metadata: { namespace: 'shop', name },
    spec: { broker: 'default', ...spec },
    status: { conditions: [{ type: 'Ready', status, reason }] },
  };
}

const TRIGGERS: JsonObject[] = [
  aTrigger('pay', 'True', ''),
  aTrigger('refund', 'False', 'Not ready: once', {}),
  aTrigger('taxes', 'False', 'DependencyDoesNotExist\u001b[31m'),
  aTrigger('new', 'Unknown', ''),
  aTrigger('elsewhere', 'False', 'NotReady', { broker: 'other' }),
];
const TRACE = {
  events: [
    {
      seq: 1,
      at: '2026-11-21T12:00:00.000Z',
      topic: 'broker:shop/default',
      event: { id: 'a', type: 'placed', source: '/test' },
      isReplay: false,
      lanes: [],
      unmatched: ['trigger:shop/pay'],
      // it was ready when the event came
      later: ['trigger:shop/refund'],
      repeats: [],
    },
  ],
};

let server: Server;
let kubeconfig = '';
let mayList = true;

beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    response.setHeader('content-type', 'application/json');
    if (url.startsWith('/apis/eventing.knative.dev/v1/namespaces/shop/triggers')) {
      if (!mayList) response.statusCode = 403;
      const refusal = { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' };
      const list = { kind: 'TriggerList', metadata: { resourceVersion: '1' }, items: TRIGGERS };
      response.end(JSON.stringify(mayList ? list : refusal));
    } else response.end(JSON.stringify(url.includes('/events/a/trace') ? TRACE : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'weir',
    clusters: [{ name: 'weir', cluster: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } }],
    users: [{ name: 'weir', user: {} }],
    contexts: [{ name: 'weir', context: { cluster: 'weir', user: 'weir' } }],
  };
  kubeconfig = path.join(folderWith({ config: JSON.stringify(config) }), 'config');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const trace = () => weir(['events', 'trace', 'a', '--kubeconfig', kubeconfig]);

describe('weir events trace', () => {
  it('says which Triggers of the Broker get nothing, since they are not ready', async () => {
    mayList = true;
    const { code, stdout, stderr } = await trace();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').slice(1)).toEqual([
      '├─ nobody took it',
      '├─ did not pass the filter of pay',
      '├─ came before refund',
      '├─ trigger new  gets nothing while it is not ready',
      '└─ trigger taxes  gets nothing while it is not ready: DependencyDoesNotExist\\u001b[31m',
      '',
    ]);
  });

  it('draws the way of an event also for those who may not list Triggers', async () => {
    mayList = false;
    const { code, stdout } = await trace();
    expect(code).toBe(0);
    expect(stdout).toContain('└─ came before refund\n');
  });

  it.each([
    { to: '', what: 'which nobody gets' },
    { to: 'topic', what: 'which goes back into where the event came from' },
    {
      to: 'dropped',
      what: 'which is dropped: it came back into its Broker as often as it may (255 times, or its knativebrokerttl)',
    },
    { to: 'http://billing.shop.svc', what: 'sent to http://billing.shop.svc' },
  ])('says what becomes of an answer: $what', ({ to, what }) => {
    const reply = { id: 're-a', source: '/test', type: 'answered', to };
    const attempt = { number: 1, at: '2026-11-21T12:00:01.000Z', took: 4, status: 200, reply };
    const lane = { lane: 'trigger:shop/pay', state: 'delivered' as const, attempts: [attempt], answers: [] };
    const events = TRACE.events.map((each) => ({ ...each, lanes: [lane], unmatched: [], later: [] }));
    const lines = drawTrace({ events }, [], colorsFor({ isTTY: false, write: () => true }, {}, true));
    expect(lines.at(-1)).toBe(`   └─ answered with answered  re-a, ${what}`);
  });
});
