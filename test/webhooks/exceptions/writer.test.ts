import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leases } from '../../../src/kubernetes/client/lease.ts';
import { type ListWatch, listWatch } from '../../../src/kubernetes/client/listWatch.ts';
import { type JsonObject, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { policyExceptions } from '../../../src/policy/resource.ts';
import { type StatusWriter, writeStatuses } from '../../../webhooks/exceptions/writer.ts';
import { FakeApiServer, refuse } from '../../kubernetes/client/fakeApiServer.ts';
import { eventually, FakeClock, turnsOfTheLoop } from '../../kubernetes/client/fakeClock.ts';
import { clientTo, namespaces } from '../../kubernetes/client/resources.ts';
import { aPolicy } from '../../policy/builders.ts';

let server: FakeApiServer;
let clock: FakeClock;
let followed: ListWatch[];
let writers: StatusWriter[];
let policies: Map<string, EffectivePolicy>;

beforeEach(async () => {
  server = await FakeApiServer.start([leases, policyExceptions, namespaces]);
  clock = new FakeClock('2026-11-21T12:00:00Z');
  followed = [];
  writers = [];
  policies = new Map([['prod', aPolicy()]]);
  server.put(namespaces, { metadata: { name: 'shop', labels: { 'weir.dev/environment': 'prod' } } });
});

afterEach(async () => {
  await Promise.all(writers.map((each) => each.stop()));
  for (const each of followed) each.stop();
  expect(clock.waiting).toBe(0);
  await server.close();
});

async function write(identity = 'a'): Promise<StatusWriter> {
  const client = clientTo(server.url, clock);
  const common = { client, clock, random: () => 0.5, log: SILENT };
  const exceptions = listWatch({ ...common, resource: policyExceptions });
  const spaces = listWatch({ ...common, resource: namespaces });
  followed.push(exceptions, spaces);
  const writer = writeStatuses({
    ...common,
    lease: { namespace: 'weir-system', name: 'weir-webhook' },
    identity,
    exceptions: exceptions.store,
    namespaces: spaces.store,
    synced: Promise.all([exceptions.synced, spaces.synced]).then(() => undefined),
    policies: { policyFor: (environment) => policies.get(environment) },
  });
  writers.push(writer);
  await eventually(() => leader() !== '' && server.watchers >= followed.length, 'the watches and the leader');
  return writer;
}

function leader(): string {
  return stringAt(server.get(leases, 'weir-system', 'weir-webhook'), 'spec', 'holderIdentity') ?? '';
}

function put(name = 'sale', spec: JsonObject = {}): void {
  const usual = { rules: ['images/*'], reason: 'sale', owner: 'team-shop', until: '2026-11-21T12:10:00Z' };
  const metadata = { name, namespace: 'shop', generation: 1 };
  server.put(policyExceptions, {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'PolicyException',
    metadata,
    spec: { ...usual, ...spec },
  });
}

function inForce(name = 'sale'): string | undefined {
  const status = server.get(policyExceptions, 'shop', name)?.status;
  return stringAt(valueAt(status, 'conditions', 0), 'reason');
}

function patches(): number {
  return server.requests.filter(({ method }) => method === 'PATCH').length;
}

/** Moves the clock by little steps, so that leases are renewed, until it is so. */
async function soon(condition: () => boolean, what: string): Promise<void> {
  for (let left = 1_000; !condition(); left--) {
    if (left === 0) throw new Error(`waited too long: ${what}`);
    clock.advance(200);
    await turnsOfTheLoop();
  }
}

/** Long enough in real time and on the clock for whoever wanted to write once more. */
async function quiet(): Promise<void> {
  for (let step = 0; step < 20; step++) {
    clock.advance(500);
    await turnsOfTheLoop();
  }
}

describe('the status of exceptions', () => {
  it('is written at the place of the status, and once', async () => {
    put();
    await write();
    await soon(() => inForce() === 'Excuses', 'the status');
    await quiet();
    const [patch, ...others] = server.requests.filter(({ method }) => method === 'PATCH');
    expect(patch?.path).toBe('/apis/weir.dev/v1alpha1/namespaces/shop/policyexceptions/sale/status');
    expect(others).toEqual([]);
  });

  it('follows the clock, the policy, the label of the namespace and the exception itself', async () => {
    put();
    const writer = await write();
    await soon(() => inForce() === 'Excuses', 'in force');

    server.put(namespaces, { metadata: { name: 'shop', labels: {} } });
    await soon(() => inForce() === 'NoEnvironment', 'without a label');
    server.put(namespaces, { metadata: { name: 'shop', labels: { 'weir.dev/environment': 'prod' } } });
    await soon(() => inForce() === 'Excuses', 'with it again');

    policies.delete('prod');
    writer.policiesChanged();
    await soon(() => inForce() === 'NoPolicy', 'without a policy');
    policies.set('prod', aPolicy());
    writer.policiesChanged();
    await soon(() => inForce() === 'Excuses', 'with it again');

    put('sale', { owner: '' });
    await soon(() => inForce() === 'Incomplete', 'without an owner');
    put();
    await soon(() => inForce() === 'Excuses', 'with one again');

    const before = patches();
    await quiet();
    expect(patches()).toBe(before);
    const end = Date.parse('2026-11-21T12:10:00Z');
    while (clock.now().getTime() < end - 30_000) {
      clock.advance(2_000);
      await turnsOfTheLoop();
    }
    await soon(() => inForce() === 'Expired', 'expired');
    expect(clock.now().getTime() - end).toBeLessThan(20_000);
  });

  it('is written by the leader alone', async () => {
    await write('a');
    await write('b');
    expect(leader()).toBe('a');
    put();
    await soon(() => inForce() === 'Excuses', 'the status');
    await quiet();
    expect(patches()).toBe(1);
    await writers.shift()?.stop();
    put('other');
    await soon(() => inForce('other') === 'Excuses', 'by the other');
    expect(leader()).toBe('b');
  });

  it('is tried again where the server stumbles, and holds no other up', async () => {
    let refusals = 0;
    server.faults.push(({ method, path }, response) => {
      if (method !== 'PATCH' || !path.includes('/a-first/') || ++refusals > 2) return false;
      refuse(response, 503, 'ServiceUnavailable', 'later');
      return true;
    });
    put('a-first');
    put('b-second');
    const writer = await write();
    await soon(() => inForce('b-second') === 'Excuses', 'the second');
    expect(inForce('a-first')).toBeUndefined();
    await soon(() => inForce('a-first') === 'Excuses', 'the first');
    expect(writer.lost()).toBe(0);
  });

  it('is counted as lost where the server refuses it for good, and not sent again', async () => {
    server.faults.push(({ method }, response) => {
      if (method !== 'PATCH') return false;
      refuse(response, 422, 'Invalid', 'no such field');
      return true;
    });
    put();
    const writer = await write();
    await soon(() => writer.lost() === 1, 'the loss');
    put('other');
    await soon(() => writer.lost() === 2, 'the other');
    await quiet();
    expect(patches()).toBe(2);
  });

  it('does not go over what somebody else wrote meanwhile', async () => {
    let isFirst = true;
    server.faults.push(({ method }) => {
      if (method === 'PATCH' && isFirst) {
        isFirst = false;
        put('sale', { until: '2026-11-20' });
      }
      return false;
    });
    put();
    await write();
    await soon(() => inForce() === 'Expired', 'the status of the new spec');
  });
});
