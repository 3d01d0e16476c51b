/** A Prometheus that answers, lies, dawdles and is away. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askPrometheus } from '../../../controllers/rollout/measure/prometheus.ts';
import type { Question } from '../../../controllers/rollout/measure/source.ts';
import { ANALYSIS, aRollout } from '../../rollout/builders.ts';

let server: Server;
let address = '';
let answer: (query: string) => { status?: number; body: string } | undefined = () => undefined;
const asked: URLSearchParams[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const parameters = new URLSearchParams(text);
      asked.push(parameters);
      const { status = 200, body } = answer(parameters.get('query') ?? '') ?? { body: '' };
      response.statusCode = status;
      if (status === 302) response.setHeader('location', 'http://127.0.0.1:1/elsewhere');
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

function question(at = address): Question {
  const { analysis } = aRollout({ analysis: { ...ANALYSIS, prometheus: { address: at } } });
  if (analysis === undefined) throw new Error('no analysis');
  const [from, to] = [Date.parse('2026-11-22T10:00:00Z'), Date.parse('2026-11-22T10:00:30Z')];
  return { namespace: 'shop', service: 'cart', revision: 'cart-00002', stable: 'cart-00001', from, to, analysis };
}

const signal = new AbortController().signal;
const vector = (...values: string[]) =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1.5, value] })) },
  });

describe('Prometheus', () => {
  it('is asked about the Revision, over the interval, at its end', async () => {
    asked.length = 0;
    answer = () => ({ body: vector('0.25') });
    const result = await askPrometheus(question(), signal);
    expect(result).toMatchObject({
      revision: 'cart-00002',
      requests: 0.25,
      metrics: [
        { name: 'error-rate', value: { type: 'value', value: 0.25 } },
        { name: 'p95-latency', value: { type: 'value', value: 0.25 } },
      ],
    });
    expect(asked.map((each) => each.get('time'))).toEqual(Array(3).fill(String(question().to / 1000)));
    expect(asked.every((each) => /cart-00002.*\[30s\]/s.test(each.get('query') ?? ''))).toBe(true);
  });

  it.each([
    ['no value', vector(), { type: 'none', message: 'there is no value yet' }],
    ['NaN', vector('NaN'), { type: 'value', value: Number.NaN }],
    ['an infinite one', vector('+Inf'), { type: 'value', value: Number.POSITIVE_INFINITY }],
    ['a scalar', '{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}', { type: 'value', value: 2 }],
    ['several values', vector('1', '2'), { type: 'error', message: expect.stringContaining('gives 2 values') }],
    [
      'an error',
      '{"status":"error","error":"bad query"}',
      { type: 'error', message: expect.stringContaining('bad query') },
    ],
    ['a web page', '<html>', { type: 'error', message: expect.stringContaining('nothing that Prometheus would say') }],
    [
      'an odd sample',
      '{"status":"success","data":{"result":[{"value":7}]}}',
      { type: 'error', message: expect.stringContaining('no number') },
    ],
    [
      'a list of nulls',
      '{"status":"success","data":{"result":[null]}}',
      { type: 'error', message: expect.stringContaining('no number') },
    ],
    [
      'too much',
      `"${'x'.repeat(1_100_000)}"`,
      { type: 'error', message: expect.stringContaining('more than 1000000 bytes') },
    ],
  ])('that answers with %s', async (_, body, value) => {
    answer = () => ({ body });
    expect((await askPrometheus(question(), signal)).metrics[0]?.value).toEqual(value);
  });

  it('that leads elsewhere is not followed', async () => {
    answer = () => ({ status: 302, body: '' });
    const { metrics, requests } = await askPrometheus(question(), signal);
    expect(metrics[0]?.value).toMatchObject({ type: 'error', message: expect.stringContaining('does not answer') });
    expect(requests).toBeUndefined();
  });

  it('that is away does not answer', async () => {
    const { metrics } = await askPrometheus(question('http://127.0.0.1:1'), signal);
    expect(metrics[0]?.value).toMatchObject({
      type: 'error',
      message: expect.stringMatching(/^Prometheus at http:\/\/127\.0\.0\.1:1 does not answer: .*/),
    });
  });

  it('with no requests at all says so', async () => {
    answer = () => ({ body: vector() });
    expect((await askPrometheus(question(), signal)).requests).toBe(0);
  });
});
