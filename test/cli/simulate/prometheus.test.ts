/** A recorded traffic out of Prometheus: what is asked, and a sentence for each way in which nothing comes back. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultQuery } from '../../../src/cli/simulate/prometheus.ts';
import { folderWith, weir } from '../harness.ts';

const SERVICE = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: order, namespace: shop}
spec: {template: {spec: {containers: [{image: registry.example.com/shop/order:1.4.2}]}}}
`;
const cwd = folderWith({ 'order.yaml': SERVICE, 'trace.csv': '0,1\n60,1\n' });

let server: Server;
let url = '';
let answer: [status: number, body: string] = [200, ''];
let asked = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    asked = request.url ?? '';
    response.writeHead(answer[0]).end(answer[1]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

function series(...all: [number, string][][]): string {
  return JSON.stringify({ status: 'success', data: { result: all.map((values) => ({ metric: {}, values })) } });
}

const run = (...args: string[]) => weir(['simulate', 'order.yaml', ...args], { cwd });

describe('weir simulate --prometheus', () => {
  it('plays what was recorded', async () => {
    answer = [
      200,
      series([
        [1_790_000_000, '10'],
        [1_790_000_060, '20.5'],
        [1_790_000_120, 'NaN'],
      ]),
    ];
    const { stdout, stderr, code } = await run('--prometheus', `${url}/prometheus/`, '--since', '1h', '-o', 'json');
    expect([stderr, code]).toEqual(['', 0]);
    const told = JSON.parse(stdout);
    expect(told.seconds).toBe(120);
    expect(told.runs[0].totals.requests).toBeCloseTo(10 * 60 + 20.5 * 60);
    const { pathname, searchParams } = new URL(asked, url);
    expect(pathname).toBe('/prometheus/api/v1/query_range');
    expect(searchParams.get('query')).toBe(defaultQuery('shop', 'order'));
    expect(Number(searchParams.get('end')) - Number(searchParams.get('start'))).toBe(3600);
    expect(searchParams.get('step')).toBe('15');
  });

  it('takes a time without samples for one without requests: nobody measures a Service at zero', async () => {
    const hour = (from: number) =>
      Array.from({ length: 241 }, (_, index): [number, string] => [1_790_000_000 + from + index * 15, '20']);
    answer = [200, series([...hour(0), ...hour(9 * 3600)])];
    const { stdout, stderr } = await run('--prometheus', url, '--since', '12h', '-o', 'json');
    expect(stderr).toBe(
      `--prometheus ${url}: a time of 8h without samples is taken for no requests; where the Prometheus was away there may have been some\n`,
    );
    const { seconds, runs } = JSON.parse(stdout);
    expect(seconds).toBe(10 * 3600 + 15);
    expect(runs[0].totals.requests).toBeCloseTo(2 * 3615 * 20, -1);
    expect(runs[0].totals.coldStarts).toBeGreaterThan(0);
    expect(runs[0].totals.podHours).toBeLessThan(3);
  });

  it('takes a sample that is missing for one that was not measured', async () => {
    answer = [
      200,
      series([
        [1_790_000_000, '10'],
        [1_790_000_300, '10'],
      ]),
    ];
    const { stdout } = await run('--prometheus', url, '-o', 'json');
    expect(JSON.parse(stdout).runs[0].totals.requests).toBeCloseTo(10 * 600);
  });

  it('asks in words of one’s own', async () => {
    answer = [200, series([[1_790_000_000, '1']])];
    expect((await run('--prometheus', url, '--query', 'sum(mine)', '--since', '240h')).code).toBe(0);
    const { searchParams } = new URL(asked, url);
    expect([searchParams.get('query'), searchParams.get('step')]).toEqual(['sum(mine)', '87']);
  });

  it.each<[what: string, answer: [number, string], sentence: string]>([
    [
      'nothing',
      [200, series()],
      'it has nothing for sum(mine); name other words by --query, or a longer time by --since',
    ],
    ['two series', [200, series([], [])], 'it has 2 series for sum(mine); put sum(…) around it, so that there is one'],
    ['no numbers', [200, series([[1, 'NaN']])], 'it has no number for sum(mine) in that time'],
    ['a refusal', [400, '{"status":"error","error":"parse error"}'], 'parse error (query: sum(mine))'],
    ['a page', [200, '<html>'], 'it answered 200 with what is no JSON; is it a Prometheus?'],
    ['something else', [200, 'null'], 'it answered without success (query: sum(mine))'],
  ])('says so where it gets %s', async (_, given, sentence) => {
    answer = given;
    const { stderr, code } = await run('--prometheus', url, '--query', 'sum(mine)');
    expect(stderr).toContain(`--prometheus ${url}: ${sentence}`);
    expect(code).toBe(2);
  });

  it.each([
    [['--prometheus', 'https://prometheus'], 'is no URL that is asked; it is to be like http://127.0.0.1:9090'],
    [['--prometheus', 'http://127.0.0.1:1'], '--prometheus http://127.0.0.1:1: '],
    [[], 'say where the traffic comes from: either --trace FILE or --prometheus URL'],
    [['--trace', 'trace.csv', '--prometheus', 'http://a'], 'say where the traffic comes from'],
  ])('%j is answered by a sentence', async (args, sentence) => {
    const { stderr, code } = await run(...args);
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  });
});
