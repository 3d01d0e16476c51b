import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clientOver } from '../../../src/kubernetes/client/client.ts';
import { connectTo } from '../../../src/kubernetes/client/connection.ts';
import { fixedCredentials } from '../../../src/kubernetes/client/credentials.ts';
import { type Election, joinElection, leases } from '../../../src/kubernetes/client/lease.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { FakeApiServer, refuse } from './fakeApiServer.ts';
import { eventually, FakeClock, turnsOfTheLoop } from './fakeClock.ts';

const place = { namespace: 'weir-system', name: 'weir-webhook' };
let server: FakeApiServer;
let clock: FakeClock;
let joined: Election[];
let history: string[];

beforeEach(async () => {
  server = await FakeApiServer.start([leases]);
  clock = new FakeClock();
  joined = [];
  history = [];
});

afterEach(async () => {
  await Promise.all(joined.map((each) => each.stop()));
  expect(clock.waiting).toBe(0);
  await server.close();
});

/** Each replica is known to the server by a header, so that it alone can be cut off. */
function join(identity: string): Election {
  const credentials = fixedCredentials({ 'x-replica': identity });
  const client = clientOver(
    connectTo({ server: server.url, context: 'weir', namespace: 'default', credentials }, clock),
  );
  const election = joinElection({
    client,
    lease: place,
    identity,
    clock,
    random: () => 0.5,
    log: SILENT,
    onGain: () => history.push(`${identity} gains`),
    onLoss: () => history.push(`${identity} loses`),
  });
  joined.push(election);
  return election;
}

/** Time passes in small steps, in which answers can arrive; nobody ever leads beside another. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 250) {
    clock.advance(250);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await turnsOfTheLoop();
    expect(joined.filter((each) => each.isLeader()).length).toBeLessThan(2);
  }
}

async function joinLeading(identity: string): Promise<Election> {
  const election = join(identity);
  await eventually(() => election.isLeader(), `${identity} leads`);
  return election;
}

function spec(): Record<string, unknown> {
  return { ...(server.get(leases, place.namespace, place.name)?.spec as object) };
}

describe('the election', () => {
  it('makes the Lease, in the words of client-go', async () => {
    await joinLeading('a');
    expect(spec()).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-05-04T08:00:00.000000Z',
      renewTime: '2026-05-04T08:00:00.000000Z',
      leaseTransitions: 0,
    });
  });

  it('has one leader as long as it renews, by one request each two seconds or so', async () => {
    const a = await joinLeading('a');
    const b = join('b');
    const before = server.requests.length;
    await pass(60_000);
    expect(a.isLeader()).toBe(true);
    expect(b.leader()).toBe('a');
    expect(history).toEqual(['a gains']);
    expect(spec()).toMatchObject({ leaseTransitions: 0, acquireTime: '2026-05-04T08:00:00.000000Z' });
    const puts = server.requests.slice(before).filter(({ method }) => method === 'PUT').length;
    expect(puts).toBeGreaterThan(20);
    expect(puts).toBeLessThan(32);
  });

  it('has one leader where two come at once', async () => {
    join('a');
    join('b');
    await eventually(() => joined.some((each) => each.isLeader()), 'a leader');
    await pass(10_000);
    expect(history).toHaveLength(1);
  });

  it.each`
    how                      | isHanging
    ${'does not answer'}     | ${true}
    ${'answers with errors'} | ${false}
  `(
    'tells its leader of the loss before another leads, where the server $how',
    async ({ isHanging }: Record<string, boolean | string>) => {
      const a = await joinLeading('a');
      const b = join('b');
      await pass(5_000);
      server.faults.push(({ headers }, response) => {
        if (headers['x-replica'] !== 'a') return false;
        if (isHanging === false) refuse(response, 500, 'InternalError', 'etcdserver: request timed out');
        return true;
      });
      await pass(9_000);
      expect(a.isLeader()).toBe(true);
      await pass(4_000);
      expect(a.isLeader()).toBe(false);
      expect(b.isLeader()).toBe(false);
      await pass(8_000);
      expect(b.isLeader()).toBe(true);
      expect(history).toEqual(['a gains', 'a loses', 'b gains']);
      expect(spec()).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    },
  );

  it('does not mind clocks: a renewTime of another day is only a text that changes', async () => {
    const record = {
      holderIdentity: 'old',
      leaseDurationSeconds: 15,
      renewTime: '2001-01-01T00:00:00.000000Z',
      leaseTransitions: 4,
    };
    server.put(leases, { metadata: place, spec: record });
    const a = join('a');
    await pass(14_000);
    expect(a.isLeader()).toBe(false);
    await pass(5_000);
    expect(a.isLeader()).toBe(true);
    expect(spec()).toMatchObject({ leaseTransitions: 5 });
  });

  it('gives the Lease back when it is stopped, and another leads at its next try', async () => {
    const a = await joinLeading('a');
    const b = join('b');
    await pass(3_000);
    await a.stop();
    expect(a.isLeader()).toBe(false);
    expect(spec()).not.toHaveProperty('holderIdentity');
    await pass(2_500);
    await eventually(() => b.isLeader(), 'b leads');
  });

  it('leads on where the Lease is deleted under it', async () => {
    const a = await joinLeading('a');
    server.remove(leases, place.namespace, place.name);
    await pass(5_000);
    expect(a.isLeader()).toBe(true);
    expect(spec()).toMatchObject({ holderIdentity: 'a' });
    expect(history).toEqual(['a gains']);
  });

  it('stops leading at once where another wrote itself in', async () => {
    const a = await joinLeading('a');
    server.put(leases, { metadata: place, spec: { ...spec(), holderIdentity: 'usurper' } as never });
    await pass(2_500);
    await eventually(() => !a.isLeader(), 'a leads no more');
    expect(a.leader()).toBe('usurper');
  });
});
