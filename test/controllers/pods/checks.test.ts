import { expect, it } from '@jest/globals';
import { Checks } from '../../../controllers/pods/pod/checks.ts';
import type { PodTools } from '../../../controllers/pods/pod/tools.ts';
import type { Ask } from '../../../controllers/pods/probes/ask.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import type { Images } from '../../../src/platform/processes/images.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';

const never = (): never => {
  throw new Error('nobody asks for it');
};
const nothing: Images = { programFor: () => ({ missing: { reason: 'ContainerMissing', message: 'nobody knows' } }) };

/** Of a container that runs while weir.yaml is changed, and names its image no more. */
function checksWith(container: object, told: string[], ask: Ask = never): { checks: Checks; clock: FakeClock } {
  const clock = new FakeClock();
  const tools: PodTools = {
    images: nothing,
    processes: { start: never, usage: never, stop: never },
    logs: { open: never, read: never, remove: never },
    clock,
    ask,
    ports: { pick: never, isFree: never, release: never },
    sources: { configMaps: { find: never }, secrets: { find: never } },
    machine: { cpus: 1, memory: 1 },
    log: SILENT,
    folderOf: never,
    environment: () => ({}),
    drain: never,
  };
  const checks = new Checks({
    container: { name: 'x', image: 'prog/gone', ...container },
    tools,
    tell: (_type, reason) => told.push(reason),
    portOf: () => 8080,
    onStarted: () => told.push('started'),
    onReady: (isReady) => told.push(isReady ? 'ready' : 'not ready'),
    onUnhealthy: () => told.push('unhealthy'),
  });
  return { checks, clock };
}

it('a command of an image that weir.yaml names no more is not run, and ends nothing', async () => {
  const told: string[] = [];
  const exec = { exec: { command: ['check'] } };
  const { checks, clock } = checksWith({ readinessProbe: exec, livenessProbe: exec }, told);
  await checks.begin({ command: ['serve'], cwd: '/', env: {} }, () => true);
  clock.advance(60_000);
  await new Promise((resolve) => setImmediate(resolve));
  checks.stop();
  expect(told).toEqual(['started', 'ExecNotMapped', 'ExecNotMapped', 'ready']);
  expect(await checks.hook({ kind: 'exec', command: ['check'] }, 1_000)).toContain('which weir.yaml does not name');
});

it('a delay counts from the start of the program, and liveness is asked a period after its startup', async () => {
  const told: string[] = [];
  const began = new FakeClock().now().getTime();
  const seconds = (): number => Math.round((clock.now().getTime() - began) / 1000);
  const ask: Ask = async (check) => {
    const path = check.kind === 'http' ? check.path : '';
    told.push(`${seconds()} ${path}`);
    return path === '/started' && seconds() < 12 ? 'not yet' : undefined;
  };
  const probe = (path: string, more: object) => ({ httpGet: { path }, ...more });
  const { checks, clock } = checksWith(
    {
      startupProbe: probe('/started', { initialDelaySeconds: 12 }),
      readinessProbe: probe('/ready', { initialDelaySeconds: 5, periodSeconds: 60 }),
      livenessProbe: probe('/alive', { initialDelaySeconds: 15, periodSeconds: 7 }),
    },
    told,
    ask,
  );
  await checks.begin({ command: ['serve'], cwd: '/', env: {} }, () => true);
  for (let passed = 0; passed < 30; passed++) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  checks.stop();
  expect(told).toEqual(['12 /started', 'started', '12 /ready', 'ready', '19 /alive', '26 /alive']);
});
