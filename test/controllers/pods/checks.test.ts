import { expect, it } from '@jest/globals';
import { Checks } from '../../../controllers/pods/pod/checks.ts';
import type { PodTools } from '../../../controllers/pods/pod/tools.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import type { Images } from '../../../src/platform/processes/images.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';

const nothing: Images = { programFor: () => ({ missing: { reason: 'ContainerMissing', message: 'nobody knows' } }) };

/** Of a container that runs while weir.yaml is changed, and names its image no more. */
function checksWith(container: object, told: string[]): { checks: Checks; clock: FakeClock } {
  const clock = new FakeClock();
  const never = (): never => {
    throw new Error('nobody asks for it');
  };
  const tools: PodTools = {
    images: nothing,
    processes: { start: never, usage: never, stop: never },
    logs: { open: never, read: never, remove: never },
    clock,
    ask: never,
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
