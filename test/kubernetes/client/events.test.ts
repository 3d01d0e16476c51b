import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type EventRecorder,
  events,
  type Happening,
  type RecorderOptions,
  recordEvents,
} from '../../../src/kubernetes/client/events.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { FakeApiServer, refuse } from './fakeApiServer.ts';
import { eventually, FakeClock } from './fakeClock.ts';
import { clientTo } from './resources.ts';

let server: FakeApiServer;
let clock: FakeClock;
let told: string[];
let recorder: EventRecorder;

beforeEach(async () => {
  server = await FakeApiServer.start([events]);
  clock = new FakeClock();
  told = [];
  recorder = makeRecorder();
});

afterEach(async () => {
  await recorder.stop();
  expect(clock.waiting).toBe(0);
  await server.close();
});

function makeRecorder(options: Partial<RecorderOptions> = {}): EventRecorder {
  const tell = (_: object, message: string) => void told.push(message);
  const log = { debug: () => {}, info: tell, warn: tell, error: tell };
  const client = clientTo(server.url, clock);
  return recordEvents({
    client,
    controller: 'weir.dev/webhook',
    instance: 'weir-webhook-0',
    clock,
    random: () => 0.5,
    log,
    ...options,
  });
}

function brokeGlass(note = 'jane let Service checkout in past prod', name = 'checkout', namespace = 'shop'): Happening {
  const regarding = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace, name };
  return { regarding, type: 'Warning', reason: 'BrokeGlass', action: 'Admitted', note };
}

const posts = () => server.requests.filter(({ method }) => method === 'POST');
const bodyOf = (index: number) => (posts()[index]?.body ?? {}) as JsonObject;

describe('recording events', () => {
  it('writes what events.k8s.io asks for', async () => {
    recorder.record({ ...brokeGlass(), regarding: { ...brokeGlass().regarding, uid: 'a-b-c' } });
    await eventually(() => posts().length === 1, 'the Event');
    expect(posts()[0]?.path).toBe('/apis/events.k8s.io/v1/namespaces/shop/events');
    expect(bodyOf(0)).toEqual({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace: 'shop', name: expect.stringMatching(/^checkout\.[0-9a-f]+$/) },
      eventTime: '2026-05-04T08:00:00.000000Z',
      reportingController: 'weir.dev/webhook',
      reportingInstance: 'weir-webhook-0',
      action: 'Admitted',
      reason: 'BrokeGlass',
      type: 'Warning',
      note: 'jane let Service checkout in past prod',
      regarding: {
        apiVersion: 'serving.knative.dev/v1',
        kind: 'Service',
        namespace: 'shop',
        name: 'checkout',
        uid: 'a-b-c',
      },
    });
  });

  it('puts what is about a kind without namespaces into default, under a name that DNS takes', async () => {
    recorder.record(brokeGlass('x', 'system:aggregate-to-view', ''));
    await eventually(() => posts().length === 1, 'the Event');
    expect(posts()[0]?.path).toBe('/apis/events.k8s.io/v1/namespaces/default/events');
    expect(bodyOf(0).metadata).toMatchObject({ name: expect.stringMatching(/^system-aggregate-to-view\./) });
    expect(bodyOf(0).regarding).not.toHaveProperty('namespace');
  });

  it('writes the same once in a window, and how often it was at its end', async () => {
    for (let index = 0; index < 5; index++) recorder.record(brokeGlass());
    recorder.record(brokeGlass('another'));
    await eventually(() => posts().length === 2 && clock.waiting === 1, 'the Events');
    clock.advance(60_000);
    recorder.record(brokeGlass());
    clock.advance(240_000);
    await eventually(() => server.requests.length === 3, 'the series');
    expect(server.requests[2]).toMatchObject({
      method: 'PATCH',
      body: { series: { count: 6, lastObservedTime: '2026-05-04T08:01:00.000000Z' } },
    });
    recorder.record(brokeGlass());
    await eventually(() => posts().length === 3, 'the next window');
    expect(recorder.lost()).toBe(0);
  });

  it('tries again while the server fails, and gives up after five times', async () => {
    server.faults.push((_, response) => {
      refuse(response, 503, 'ServiceUnavailable', 'try later');
      return true;
    });
    recorder.record(brokeGlass());
    for (let turn = 1; turn <= 5; turn++) {
      await eventually(() => server.requests.length === turn, `try ${turn}`);
      if (turn === 5) break;
      await eventually(() => (clock.waits[0] ?? Number.POSITIVE_INFINITY) < 9_000, 'the wait');
      clock.advance(clock.waits[0] ?? 0);
    }
    await eventually(() => recorder.lost() === 1, 'the loss');
    expect(told).toEqual(['an Event cannot be written: try later']);
  });

  it('counts what the server refuses, and goes on', async () => {
    server.faults.push(({ path }, response) => {
      if (!path.includes('/shop/')) return false;
      refuse(response, 403, 'Forbidden', 'namespace shop is being terminated');
      return true;
    });
    recorder.record(brokeGlass());
    recorder.record(brokeGlass('x', 'checkout', 'other'));
    await eventually(() => server.requests.length === 2, 'both');
    await eventually(() => recorder.lost() === 1, 'the loss');
  });

  it('never holds more than its bound, and counts the rest', async () => {
    server.faults.push(() => true);
    await recorder.stop();
    recorder = makeRecorder({ most: 10 });
    for (let index = 0; index < 1_000; index++) recorder.record(brokeGlass(`note ${index}`));
    expect(recorder.lost()).toBe(990);
    expect(clock.waiting).toBeLessThan(15);
    const stopping = recorder.stop(1_000);
    clock.advance(1_000);
    await stopping;
    expect(recorder.lost()).toBe(1_000);
  });

  it('holds no more where windows end while nothing can be written', async () => {
    server.faults.push(() => true);
    await recorder.stop();
    recorder = makeRecorder({ most: 10, windowMs: 1_000 });
    for (let window = 0; window < 5; window++) {
      for (let index = 0; index < 10; index++) recorder.record(brokeGlass(`note ${window} ${index}`));
      clock.advance(1_000);
    }
    expect(recorder.lost()).toBe(40);
    const stopping = recorder.stop(1_000);
    clock.advance(1_000);
    await stopping;
  });

  it('cuts a long note between characters', async () => {
    recorder.record(brokeGlass('é'.repeat(2_000)));
    await eventually(() => posts().length === 1, 'the Event');
    const note = String(bodyOf(0).note);
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_024);
    expect(note).toMatch(/^é+…$/);
  });

  it('writes what waits before it ends', async () => {
    recorder.record(brokeGlass());
    recorder.record(brokeGlass());
    await recorder.stop();
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'PATCH']);
    recorder.record(brokeGlass());
    expect(recorder.lost()).toBe(1);
  });
});
