import { describe, expect, it } from '@jest/globals';
import { folderWith, weir } from '../harness.ts';

const SERVICE = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: order, namespace: shop}
spec:
  template:
    metadata: {annotations: {autoscaling.knative.dev/target: "10"}}
    spec: {containers: [{image: registry.example.com/shop/order:1.4.2}]}
`;
const TRACE = 'time,rps\n0,0\n300,70\n600,700\n900,0\n1500,0\n';
const POLICY = `apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: prod}
spec: {autoscaling: {minScale: {default: 2}}}
`;
const cwd = folderWith({
  'order.yaml': SERVICE,
  'two.yaml': `${SERVICE}---\n${SERVICE.replace('name: order', 'name: payment')}`,
  'none.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
  'wrong.yaml': SERVICE.replace('"10"', '"ten"'),
  'hpa.yaml': SERVICE.replace('target: "10"', 'class: hpa.autoscaling.knative.dev'),
  'trace.csv': TRACE,
  'broken.csv': '0,1\n1,many\n',
  'policies/prod.yaml': POLICY,
});

const run = (...args: string[]) => weir(['simulate', ...args], { cwd });

describe('weir simulate', () => {
  it('draws the pods, and compares settings', async () => {
    const { stdout, stderr, code } = await run(
      'order.yaml',
      '--trace',
      'trace.csv',
      '--set',
      'min-scale=1,max-scale=2',
    );
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toBe(SHOWN);
  });

  it('gives the same as JSON', async () => {
    const { stdout } = await run('order.yaml', '--trace', 'trace.csv', '--set', 'min-scale=1', '-o', 'json');
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ kind: 'Simulation', begin: null, seconds: 2100, step: 60 });
    expect(told.runs.map(({ settings }: { settings: string }) => settings)).toEqual(['as it is', 'min-scale=1']);
    const [asItIs, kept] = told.runs;
    expect([asItIs.totals.coldStarts, kept.totals.coldStarts]).toEqual([1, 0]);
    expect(asItIs.timeline).toHaveLength(35);
    expect(asItIs.timeline[14]).toEqual({
      second: 840,
      requestsPerSecond: 700,
      wanted: 10,
      ready: 10,
      pods: 10,
      waiting: 0,
    });
  });

  it("goes by the environment's defaults", async () => {
    const { stdout } = await run('order.yaml', '--trace', 'trace.csv', '--env', 'prod', '-o', 'json');
    const { timeline, totals } = JSON.parse(stdout).runs[0];
    expect([timeline[0].pods, timeline.at(-1).pods, totals.coldStarts]).toEqual([2, 2, 0]);
  });

  it.each([
    [['two.yaml', '--trace', 'trace.csv'], 'two.yaml has 2 Services (order, payment); say which with --name'],
    [
      ['two.yaml', '--trace', 'trace.csv', '--name', 'paymnt'],
      'two.yaml has no Service paymnt; did you mean "payment"? (it has order, payment)',
    ],
    [['none.yaml', '--trace', 'trace.csv'], 'none.yaml has no Service of Knative (apiVersion: serving.knative.dev/v1)'],
    [['order.yaml', '--trace', 'broken.csv'], 'broken.csv:2: "many" is no number of requests a second, such as 12.5'],
    [['order.yaml', '--trace', 'gone.csv'], '--trace gone.csv: cannot be read: there is no such file or folder'],
    [
      ['order.yaml', '--trace', 'trace.csv', '--set', 'maxscal=3'],
      '--set maxscal=3: the autoscaler knows no "maxscal"; did you mean "max-scale"?',
    ],
    [
      ['order.yaml', '--trace', 'trace.csv', '--set', 'max-scale'],
      '--set max-scale: "max-scale" is no KEY=VALUE, such as max-scale=10',
    ],
    [
      ['order.yaml', '--trace', 'trace.csv', '--set', 'containerConcurrency=-1'],
      '--set containerConcurrency=-1: containerConcurrency is a whole number from 0 to 1000',
    ],
    [
      ['order.yaml', '--trace', 'trace.csv', '--request-time', 'soon'],
      '--request-time soon is no duration above zero, such as 250ms or 3s',
    ],
    [
      ['order.yaml', '--trace', 'trace.csv', '-o', 'jsn'],
      'unknown output "jsn"; did you mean "json"? (one of text, json)',
    ],
  ])('%j says what is wrong', async (args, message) => {
    const { stdout, stderr, code } = await run(...args);
    expect([stdout, stderr, code]).toEqual(['', `weir: ${message}\n`, 2]);
  });

  it('leaves other autoscalers to others', async () => {
    const { stderr, code } = await run('hpa.yaml', '--trace', 'trace.csv');
    expect([stderr, code]).toEqual([
      "weir: the class hpa.autoscaling.knative.dev is not simulated: weir simulate knows Knative's own autoscaler (kpa.autoscaling.knative.dev)\n",
      2,
    ]);
  });

  it('says in Knative’s words what Knative would refuse', async () => {
    const { stderr, code } = await run('wrong.yaml', '--trace', 'trace.csv');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^weir: the Service: Knative would refuse autoscaling\.knative\.dev\/target: /);
  });
});

const SHOWN = `order · 35 min of traffic: 110 requests a second, 700 at most

requests/s          ▁▁▁▁▁▁▁▁██████████                                       700

as it is
pods        ▁▁      ███▁▁▁▁▁▇▇▇▇▇▇▇▇▇▇▄                                       11
waiting             █                                                        210

min-scale=1,max-scale=2
pods        ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁        2

            0 min   5 min   10 min   15 min  20 min   25 min  30 min

                         pods  pod-hours  cold starts       waited  longest wait    panic
as it is                   11        1.2            1  210 (0.1 %)           3 s  2.2 min
min-scale=1,max-scale=2     2        0.7            0      0 (0 %)           0 s  6.1 min

a request takes 100 ms (--request-time), a pod 3 s to start (--start-time)
`;
