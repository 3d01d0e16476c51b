import { describe, expect, it } from '@jest/globals';
import { folderWith, weir } from '../harness.ts';

const ROLLOUT = `apiVersion: weir.dev/v1alpha1
kind: TrafficRollout
metadata: {name: api-service, namespace: shop-prod}
spec:
  serviceRef: {name: api-service}
  strategy:
    canary:
      steps: [{percent: 10, pause: 5m}, {percent: 50, pause: 5m}]
  analysis:
    prometheus: {address: "http://prometheus.monitoring:9090"}
    interval: 30s
    metrics: [{name: error-rate, max: 0.01}]
`;
const SERVICE = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: api-service, namespace: shop-prod}
spec:
  template:
    metadata: {annotations: {autoscaling.knative.dev/min-scale: "6"}}
    spec:
      containers: [{image: registry.example.com/shop/api:1.4.2}]
`;
const POLICY = `apiVersion: weir.dev/v1alpha1
kind: EnvironmentPolicy
metadata: {name: prod}
spec:
  autoscaling: {minScale: {max: 4}}
  serving:
    progressive:
      freeze: {timeZone: Europe/Berlin, windows: [{name: weekend, start: "0 12 * * 5", end: "0 6 * * 1"}]}
`;
const cwd = folderWith({
  'rollout.yaml': ROLLOUT,
  'both.yaml': `${SERVICE}---\n${ROLLOUT}`,
  'two.yaml': `${ROLLOUT}---\n${ROLLOUT.replace('name: api-service,', 'name: other,')}`,
  'person.yaml': ROLLOUT.replace('pause: 5m}, {', 'pause: {}}, {'),
  'blue.yaml': `${ROLLOUT.slice(0, ROLLOUT.indexOf('    canary'))}    blueGreen: {autoPromoteAfter: 10m, keepOld: 1h}\n`,
  'broken.yaml': ROLLOUT.replace('percent: 50', 'percent: 5'),
  'none.yaml': SERVICE,
  'policies/prod.yaml': POLICY,
});
const run = (...args: string[]) => weir(['rollout', 'plan', ...args], { cwd });

describe('weir rollout plan', () => {
  it('draws what happens when, and what it costs', async () => {
    const { stdout, stderr, code } = await run('both.yaml', '--env', 'prod', '--from', '2026-11-27T10:50:00Z');
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toBe(`api-service in shop-prod · canary of Service api-service
if everything goes well, and the new Revision is Ready at the first line's time
(UTC+01:00)

at                    share                                      stable     new
Fri 2026-11-27 11:50  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0 %       6       0
  ↳ an interval of 30s with nothing bad in it, its pods are ready
Fri 2026-11-27 11:50  ████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  10 %       6       1
  ↳ after 5m, an interval of 30s that is good, its pods are ready
Fri 2026-11-27 11:55  ██████████████████░░░░░░░░░░░░░░░░░  50 %       6       3
  ↳ after 5m, an interval of 30s that is good, its pods are ready; put off by
    the freeze of prod (weekend)
Mon 2026-11-30 06:00  ███████████████████████████████████ 100 %       6       4

everything goes to the new Revision 66h10m after it is Ready, at the earliest
its pods are held until Mon 2026-11-30 06:01, one stable window after that
10 pods at most, 4 more than stable's 6; 198 pod-hours beyond stable's own
a bad Revision is gone after 2 failed intervals in a row, which is 1m
`);
  });

  it('says where a person ends a step, and the rest hangs on that', async () => {
    const { stdout } = await run('person.yaml', '--pods', '10');
    expect(stdout).toContain('↳ a person says promote, an interval of 30s that is good, its pods are ready\nlater ');
    expect(stdout).toContain('it ends when a person has said promote');
    expect(stdout).toContain('without the time that people take');
    expect(stdout).toContain('no environment is known');
  });

  it('keeps the old Revision of a blueGreen', async () => {
    const { stdout } = await run('blue.yaml', '--pods', '3', '--from', '2026-11-23');
    expect(stdout).toContain('blueGreen of Service api-service');
    expect(stdout).toContain('Mon 2026-11-23 00:10');
    expect(stdout).toContain('with the old Revision kept for 1h');
    expect(stdout).toContain('there is no analysis: steps go by the clock alone');
  });

  it('is JSON', async () => {
    const { stdout } = await run('rollout.yaml', '--pods', '10', '--from', '2026-11-23T10:00:00Z', '-o', 'json');
    const { steps, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({
      from: '2026-11-23T10:00:00Z',
      stablePods: 10,
      end: '2026-11-23T10:11:30Z',
      mostPods: 20,
      extraPodHours: 0.667,
    });
    expect(steps[2]).toEqual({
      at: '2026-11-23T10:05:30Z',
      percent: 50,
      pauseSeconds: 300,
      waitsForPerson: false,
      candidatePods: 5,
      pods: 15,
      frozenBy: null,
    });
  });

  it.each([40, 60, 80, 200])('fits a terminal of %d columns', async (columns) => {
    const { stdout } = await weir(['rollout', 'plan', 'both.yaml', '--env', 'prod'], {
      cwd,
      columns,
      isTTY: true,
      env: { NO_COLOR: '1' },
    });
    expect(stdout).not.toContain('\u001b');
    // the row has no less than its own columns
    const widest = Math.max(...stdout.split('\n').map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(Math.max(columns, 51));
  });

  it.each([
    [['none.yaml'], 'none.yaml has no TrafficRollout (apiVersion: weir.dev/v1alpha1)'],
    [['away.yaml'], 'away.yaml: there is no such file'],
    [['two.yaml'], 'two.yaml has 2 TrafficRollouts (api-service, other); say which with --name'],
    [
      ['two.yaml', '--name', 'othr'],
      'two.yaml has no such TrafficRollout; did you mean "other"? It has api-service, other',
    ],
    [['rollout.yaml', '--pods', 'many'], '--pods is "many", and must be a number from 1 to 1000000'],
    [
      ['rollout.yaml', '--from', 'soon'],
      '--from soon is no time; write a date (2026-12-24), or a moment (2026-12-24T18:00:00Z)',
    ],
    [['rollout.yaml', '-o', 'yml'], 'unknown output "yml" (one of text, json)'],
    [
      ['broken.yaml'],
      'TrafficRollout api-service cannot be read\n  broken.yaml:8:51: percent is 5, after a step of 10; each step is larger than the one before it',
    ],
  ])('%j is refused', async (args, sentence) => {
    const { stdout, stderr, code } = await run(...args);
    expect([stdout, stderr, code]).toEqual(['', `weir: ${sentence}\n`, 2]);
  });
});
