import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Log } from '../../../src/kubernetes/log.ts';
import { type GatheringLog, gathering } from '../../../webhooks/cluster/gather.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';

let told: string[];
let clock: FakeClock;
let log: GatheringLog;

beforeEach(() => {
  told = [];
  clock = new FakeClock();
  const line = (level: string) => (details: object, message: string) => {
    told.push(`${level} ${message} ${JSON.stringify(details)}`);
  };
  const plain: Log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  log = gathering(plain, clock);
});

describe('what many kinds have to tell', () => {
  it('is one line with a list', () => {
    for (const resource of ['triggers.eventing.knative.dev', 'brokers.eventing.knative.dev']) {
      log.info({ resource }, `the API server has no ${resource}; looking again each minute`);
      log.warn({ resource }, `${resource} cannot be followed: no API server answers`);
    }
    expect(told).toEqual([]);
    clock.advance(1_000);
    expect(told).toEqual([
      'info the API server has no brokers.eventing.knative.dev, triggers.eventing.knative.dev; looking again each minute {"resources":2}',
      'warn brokers.eventing.knative.dev, triggers.eventing.knative.dev cannot be followed: no API server answers {"resources":2}',
    ]);
    expect(clock.waiting).toBe(0);
  });

  it('stays as it is where one kind alone tells it, or where it is of no kind', () => {
    log.warn({ resource: 'services', objects: 3 }, 'services cannot be followed: forbidden');
    log.warn({ lease: 'x' }, 'the Lease cannot be read');
    log.debug({ resource: 'services' }, 'services cannot be followed: forbidden');
    expect(told).toEqual([
      'warn the Lease cannot be read {"lease":"x"}',
      'debug services cannot be followed: forbidden {"resource":"services"}',
    ]);
    log.flush();
    expect(told.at(-1)).toBe('warn services cannot be followed: forbidden {"resource":"services","objects":3}');
    expect(clock.waiting).toBe(0);
  });
});
