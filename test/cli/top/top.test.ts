import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import { draw, fitting } from '../../../src/cli/top/draw.ts';
import { readSamples } from '../../../src/cli/top/exposition.ts';
import { type Measured, measuredBetween } from '../../../src/cli/top/measured.ts';
import { serviceViews } from '../../../src/cli/top/services.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const OF = 'k8s_namespace_name="shop",kn_revision_name="cart-00001"';

/** As the platform tells it: requests by status, how many of them within 5 ms and 100 ms, and what waits. */
function exposition(ok: number, failed: number, fast: number, waiting: number): string {
  return `# HELP http_server_request_duration_seconds From the head to the end.
http_server_request_duration_seconds_count{${OF},http_response_status_code="200"} ${ok}
http_server_request_duration_seconds_count{${OF},http_response_status_code="503"} ${failed}
http_server_request_duration_seconds_bucket{le="0.005",${OF},http_response_status_code="200"} ${fast}
http_server_request_duration_seconds_bucket{le="0.1",${OF},http_response_status_code="200"} ${ok}
http_server_request_duration_seconds_bucket{le="+Inf",${OF},http_response_status_code="200"} ${ok}
kn_revision_request_queued{${OF}} ${waiting}
kn_revision_panic_mode{${OF}} 1
process_cpu_seconds_total 12.5
`;
}

describe('readSamples', () => {
  it('reads names, labels and values, and passes over the rest', () => {
    const text = 'a 1\nb{x="1",y="q\\"\\n\\\\"} 2.5e3 1700000000\n# c 3\n\nd{} +Inf\ne NaN\nnot a sample\n';
    expect(readSamples(text)).toEqual([
      { name: 'a', labels: {}, value: 1 },
      { name: 'b', labels: { x: '1', y: 'q"\n\\' }, value: 2500 },
      { name: 'd', labels: {}, value: Number.POSITIVE_INFINITY },
    ]);
  });
});

describe('measuredBetween', () => {
  const look = (at: number, text: string) => ({ at, samples: readSamples(text) });

  it('gives rates and a quantile between two looks, and what is so now', () => {
    const found = measuredBetween(look(0, exposition(100, 1, 90, 0)), look(2000, exposition(300, 5, 270, 7)));
    expect(found.get('shop/cart-00001')).toEqual({
      requestsPerSecond: 102,
      failuresPerSecond: 2,
      // 180 of 200 within 5 ms, the rest within 100: the 190th is half of the way
      p95: expect.closeTo(0.0525, 5),
      waiting: 7,
      isPanicking: true,
    });
  });

  it('gives no rates for a first look, and none below zero after a restart', () => {
    expect(measuredBetween(undefined, look(0, exposition(100, 1, 90, 3))).get('shop/cart-00001')).toMatchObject({
      requestsPerSecond: 0,
      p95: undefined,
      waiting: 3,
    });
    const after = measuredBetween(look(0, exposition(100, 1, 90, 0)), look(1000, exposition(10, 0, 9, 0)));
    expect(after.get('shop/cart-00001')).toMatchObject({ requestsPerSecond: 0, failuresPerSecond: 0 });
  });
});

function service(name: string, traffic: JsonObject[], ready = true): JsonObject {
  const condition = ready
    ? { type: 'Ready', status: 'True' }
    : { type: 'Ready', status: 'False', reason: 'RevisionFailed' };
  return {
    metadata: { namespace: 'shop', name },
    status: { url: `http://${name}.shop.localhost:8080`, traffic, conditions: [condition] },
  };
}

function scaler(revision: string, of: string, desiredScale: number, actualScale: number): JsonObject {
  const metadata = { namespace: 'shop', name: revision, labels: { 'serving.knative.dev/service': of } };
  return { metadata, status: { desiredScale, actualScale } };
}

describe('what is drawn', () => {
  const cart = service('cart', [
    { revisionName: 'cart-00001', percent: 80 },
    { revisionName: 'cart-00002', percent: 20 },
    { revisionName: 'cart-00002', tag: 'canary' },
  ]);
  const podAutoscalers = [
    scaler('cart-00001', 'cart', 3, 2),
    scaler('cart-00002', 'cart', 0, 0),
    scaler('cart-00000', 'cart', 0, 1),
    scaler('cart-old', 'cart', 0, 0),
    scaler('cart-00001', 'another', 9, 9),
  ];
  const measured = new Map<string, Measured>([
    [
      'shop/cart-00001',
      { requestsPerSecond: 12.34, failuresPerSecond: 0.5, p95: 0.0213, waiting: 4, isPanicking: true },
    ],
  ]);
  const colors = picocolors.createColors(false);

  it('is each Service with its Revisions: share, tags, Pods and what passes through', () => {
    const services = [service('order', [], false), cart];
    expect(draw(serviceViews({ services, podAutoscalers, measured }), colors, undefined)).toEqual([
      '                       TRAFFIC             PODS  REQ/S    P95  WAITING',
      '',
      'shop/cart  Ready  http://cart.shop.localhost:8080',
      '  cart-00001           ████████░░  80 %  2 of 3   12.3  22 ms        4  0.5 failed/s, panic',
      '  cart-00002 (canary)  ██░░░░░░░░  20 %       0      -      -        -  at zero',
      '  cart-00000           ░░░░░░░░░░   0 %  1 of 0      -      -        -',
      '',
      'shop/order  RevisionFailed  http://order.shop.localhost:8080',
    ]);
  });

  it('fits into the terminal', () => {
    const lines = draw(serviceViews({ services: [cart], podAutoscalers, measured }), colors, 50);
    expect(lines[3]).toBe('  cart-00001           ████████░░  80 %  2 of 3  …');
  });

  it('cuts the title of a Service, too: a line that wraps would be drawn over wrongly', () => {
    const title = (columns: number) =>
      draw(serviceViews({ services: [cart], podAutoscalers, measured }), colors, columns)[2];
    expect(title(40)).toBe('shop/cart  Ready  http://cart.shop.loca…');
    expect(title(14)).toBe('shop/cart  Re…');
    expect(title(10)).toBe('shop/cart');
    expect(title(5)).toBe('shop…');
  });

  it('is no longer than the terminal is high', () => {
    const lines = ['1', '2', '3', '4', '5'];
    expect(fitting(lines, undefined)).toEqual(lines);
    expect(fitting(lines, 6)).toEqual(lines);
    expect(fitting(lines, 5)).toEqual(['1', '2', '3', '… and 2 lines more; -n shows one namespace alone']);
  });

  it('says that there is nothing', () => {
    expect(draw([], colors, 80)).toEqual(['no Knative Services are here']);
  });
});
