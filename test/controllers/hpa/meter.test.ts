import { expect, it } from '@jest/globals';
import { Meter } from '../../../controllers/hpa/meter.ts';
import type { ContainerUsage } from '../../../controllers/pods/door.ts';

const NAMES = new Map([['uid-a', 'a']]);

function used(cpuSeconds: number, change: Partial<ContainerUsage> = {}): ContainerUsage {
  return { name: 'user-container', pid: 7, cpuSeconds, memory: 5_000_000, ...change };
}

function look(meter: Meter, now: number, ...containers: readonly ContainerUsage[]): void {
  meter.look(new Map([['uid-a', containers]]), now);
}

it('says how fast CPU time grows between two looks, and what memory there is', () => {
  const meter = new Meter();
  look(meter, 0, used(10));
  expect(meter.metricsOf(NAMES, 'cpu', undefined).size).toBe(0);
  look(meter, 15_000, used(17.5));
  expect([...meter.metricsOf(NAMES, 'cpu', undefined)]).toEqual([['a', { value: 500, at: 15_000, windowMs: 15_000 }]]);
  expect(meter.metricsOf(NAMES, 'memory', undefined).get('a')?.value).toBe(5_000_000_000);
});

it('says nothing of a container that was started anew, and takes a look too soon for none', () => {
  const meter = new Meter();
  look(meter, 0, used(10));
  look(meter, 500, used(10.5));
  expect(meter.metricsOf(NAMES, 'cpu', undefined).size).toBe(0);
  look(meter, 2000, used(11));
  expect(meter.metricsOf(NAMES, 'cpu', undefined).get('a')).toEqual({ value: 500, at: 2000, windowMs: 2000 });
  look(meter, 4000, used(0.1, { pid: 8 }));
  expect(meter.metricsOf(NAMES, 'cpu', undefined).size).toBe(0);
  look(meter, 6000, used(0.3, { pid: 8 }));
  expect(meter.metricsOf(NAMES, 'cpu', undefined).get('a')?.value).toBe(100);
});

it('counts all containers of a Pod, or the one that is asked for; and none below nothing', () => {
  const meter = new Meter();
  look(meter, 0, used(10), used(5, { name: 'sidecar', pid: 9 }));
  look(meter, 10_000, used(15), used(4, { name: 'sidecar', pid: 9 }));
  expect(meter.metricsOf(NAMES, 'cpu', undefined).get('a')?.value).toBe(500);
  expect(meter.metricsOf(NAMES, 'cpu', 'sidecar').get('a')?.value).toBe(0);
  expect(meter.metricsOf(NAMES, 'cpu', 'other').size).toBe(0);
});

it('forgets who is gone', () => {
  const meter = new Meter();
  look(meter, 0, used(10));
  meter.look(new Map(), 15_000);
  look(meter, 30_000, used(20));
  expect(meter.metricsOf(NAMES, 'cpu', undefined).size).toBe(0);
});
