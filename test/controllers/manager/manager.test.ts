import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Controller, MakeController, Round, Tools } from '../../../controllers/manager/controller.ts';
import type { RunningController } from '../../../controllers/manager/manager.ts';
import { type Manager, startManager } from '../../../controllers/manager/manager.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { leases } from '../../../src/kubernetes/client/lease.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { eventually, FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { aSource, configMaps, echo } from '../kit/echo.ts';
import { HandPolicies } from '../kit/policies.ts';
import { type Run, run } from '../kit/run.ts';

jest.setTimeout(120_000);

const SOON_MS = 20_000;
const secrets = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', isNamespaced: true };

let cluster: Cluster;
const running: Run[] = [];

beforeAll(async () => {
  cluster = await startCluster({ hasKnative: false });
  await cluster.namespace('managed');
});
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});
afterAll(() => cluster.stop());

async function runs(
  controllers: readonly MakeController[],
  options: Partial<Parameters<typeof run>[1]> = {},
): Promise<Run> {
  const started = await run(cluster, { controllers, ...options });
  running.push(started);
  return started;
}

/** A controller of keys that are put in by hand. */
function byHand(
  name: string,
  reconcile: Controller['reconcile'],
  workers = 1,
): { make: MakeController; tools(): Tools } {
  let given: Tools | undefined;
  return {
    make(tools) {
      given = tools;
      return { name, workers, reconcile };
    },
    tools() {
      if (given === undefined) throw new Error('it does not run');
      return given;
    },
  };
}

function only({ manager }: { manager: { controllers: readonly RunningController[] } }): RunningController {
  const [first] = manager.controllers;
  if (first === undefined) throw new Error('there is none');
  return first;
}

describe('rounds', () => {
  it('are tried again for a key that fails, and never hold up others', async () => {
    const rounds: string[] = [];
    const hand = byHand('hand', async (key) => {
      rounds.push(key);
      if (key === 'bad') throw new Error('it is bad');
      return undefined;
    });
    const { settle, told, manager } = await runs([hand.make]);
    for (const key of ['bad', 'a', 'b', 'c']) hand.tools().enqueue(key);
    await settle();
    expect(rounds.filter((key) => key !== 'bad')).toEqual(['a', 'b', 'c']);
    expect(only({ manager }).runner.queue.failuresOf('bad')).toBeGreaterThan(5);
    expect(told).toContain('warn bad could not be brought to what it should be: it is bad');
  });

  it('of one key never run side by side, and those of several keys up to the number of workers', async () => {
    const under: string[] = [];
    let most = 0;
    const hand = byHand(
      'hand',
      async (key) => {
        expect(under).not.toContain(key);
        under.push(key);
        most = Math.max(most, under.length);
        await new Promise((resolve) => setTimeout(resolve, 2));
        under.splice(under.indexOf(key), 1);
        return undefined;
      },
      3,
    );
    const { settle } = await runs([hand.make]);
    for (let index = 0; index < 60; index++) {
      hand.tools().enqueue(`key-${index % 7}`);
      if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await settle();
    expect(most).toBe(3);
  });

  it('that never end lose their place after a while, and their client', async () => {
    const steady = new FakeClock();
    const done: string[] = [];
    let stuck: Round | undefined;
    const hand = byHand('hand', async (key, round) => {
      if (key === 'stuck') {
        stuck = round;
        await new Promise(() => {});
      }
      done.push(key);
      return undefined;
    });
    const { client } = await cluster.connect();
    const manager: Manager = startManager({
      controllers: [hand.make],
      client,
      policies: new HandPolicies(),
      clock: steady,
      random: Math.random,
      log: SILENT,
      instance: 'test',
    });
    hand.tools().enqueue('stuck');
    hand.tools().enqueue('other');
    await eventually(() => stuck !== undefined, 'it is stuck', SOON_MS);
    expect(done).toEqual([]);
    steady.advance(120_000);
    await eventually(() => done.includes('other'), 'the other has its turn', SOON_MS);
    await expect(stuck?.client.get(configMaps, { namespace: 'managed', name: 'x' })).rejects.toThrow(
      'longer than 120 s',
    );
    expect(only({ manager }).runner.queue.working).toBe(1);
    let isStopped = false;
    void manager.stop(1).then(() => {
      isStopped = true;
    });
    await eventually(
      () => {
        steady.advance(10);
        return isStopped;
      },
      'it is stopped',
      SOON_MS,
    );
  });

  it('that ask for no moment at all are a mistake', async () => {
    const hand = byHand('hand', async () => ({ again: new Date(Number.NaN) }));
    const { settle, told } = await runs([hand.make]);
    hand.tools().enqueue('a');
    await settle({ patience: 0 });
    expect(told[0]).toContain('asks to be called again at no moment at all');
  });

  it('see what a change brought about at everybody who hears of it', async () => {
    const seen: string[] = [];
    const make: MakeController = ({ follow }) => {
      const { store } = follow({
        resource: configMaps,
        namespace: 'managed',
        keysOf: ({ object, old }) => [stringAt(object ?? old, 'metadata', 'name') ?? ''],
      });
      const names = new Set<string>();
      // hears of it after the controller itself has
      store.onChange(({ object, old }) => {
        if (old !== undefined) names.delete(stringAt(old, 'metadata', 'name') ?? '');
        if (object !== undefined) names.add(stringAt(object, 'metadata', 'name') ?? '');
      });
      return {
        name: 'indexed',
        async reconcile(key) {
          if (key === 'heard') seen.push(names.has(key) ? 'there' : 'gone');
          return undefined;
        },
      };
    };
    const { settle } = await runs([make]);
    await settle();
    await cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'managed', name: 'heard' } });
    await settle();
    await cluster.client.delete(configMaps, { namespace: 'managed', name: 'heard' });
    await settle();
    expect(seen).toEqual(['there', 'gone']);
  });
});

describe('the client of a round', () => {
  it('writes as its controller, and says so', async () => {
    const hand = byHand('hand', async (key, { client }) => {
      await client.create(configMaps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: 'managed', name: key },
        data: { a: '1' },
      });
      return undefined;
    });
    const { settle } = await runs([hand.make]);
    hand.tools().enqueue('of-a-hand');
    await settle();
    const made = await cluster.client.get(configMaps, { namespace: 'managed', name: 'of-a-hand' });
    expect(stringAt(made, 'metadata', 'managedFields', 0, 'manager')).toBe('weir-hand');
  });

  it('does nothing that the controller does not say', async () => {
    const errors: string[] = [];
    const make: MakeController = ({ follow, enqueue }) => {
      follow({ resource: configMaps, namespace: 'managed' });
      enqueue('a');
      return {
        name: 'modest',
        rights: [{ resource: configMaps, subresource: 'status', verbs: ['patch'] }],
        async reconcile(_, { client }) {
          const place = { namespace: 'managed', name: 'x' };
          const patch = { type: 'merge', body: {} } as const;
          for (const ask of [
            () => client.get(secrets, place),
            () => client.patch(configMaps, place, patch),
            () => client.delete(configMaps, place),
            () => client.get(configMaps, place),
            () => client.patch(configMaps, { ...place, subresource: 'status' }, patch),
          ]) {
            await ask().catch((error: Error) => errors.push(error.message.replace(/:.*/, '')));
          }
          return undefined;
        },
      };
    };
    const { settle } = await runs([make]);
    await settle();
    expect(errors.slice(0, 3)).toEqual([
      'weir-modest may not get secrets of ""',
      'weir-modest may not patch configmaps of ""',
      'weir-modest may not delete configmaps of ""',
    ]);
    for (const error of errors.slice(3)) expect(error).not.toContain('may not');
  });

  it('is of no use once the round is over for its replica', async () => {
    let round: Round | undefined;
    const hand = byHand('hand', async (_, given) => {
      round = given;
      await new Promise((resolve) => given.signal.addEventListener('abort', resolve));
      return undefined;
    });
    const { manager } = await runs([hand.make]);
    hand.tools().enqueue('a');
    await eventually(() => round !== undefined, 'it runs', SOON_MS);
    running.length = 0;
    await manager.stop(1);
    await expect(round?.client.delete(configMaps, { namespace: 'managed', name: 'x' })).rejects.toThrow(
      'leads no more',
    );
    expect(only({ manager }).runner.queue.failuresOf('a')).toBe(0);
  });
});

describe('caches', () => {
  it('are shared by those who keep the same', async () => {
    const keep = (object: object) => ({ ...object });
    const following = (name: string, options: object): MakeController => {
      return ({ follow }) => {
        follow({ resource: configMaps, ...options });
        return { name, reconcile: async () => undefined };
      };
    };
    const { manager } = await runs([
      following('a', { keep }),
      following('b', { keep }),
      following('c', {}),
      following('d', { keep, namespace: 'managed' }),
    ]);
    expect(manager.caches.all()).toHaveLength(3);
  });

  it('that nobody follows any more go, and who has left hears nothing', async () => {
    const keep = (object: object) => ({ ...object });
    const heard: string[] = [];
    const leaves: (() => void)[] = [];
    const following = (name: string): MakeController => {
      return ({ follow }) => {
        const keysOf = () => {
          heard.push(name);
          return [];
        };
        const { leave } = follow({ resource: configMaps, namespace: 'managed', keep, keysOf });
        leaves.push(leave);
        return { name, reconcile: async () => undefined };
      };
    };
    const now = await runs([following('a'), following('b')]);
    await now.settle();
    const [leaveOne, leaveOther] = leaves;

    leaveOne?.();
    leaveOne?.();
    heard.splice(0);
    await cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'managed', name: 'new' } });
    await now.settle();
    expect(heard).toEqual(['b']);
    expect(now.manager.caches.all()).toHaveLength(1);

    leaveOther?.();
    expect(now.manager.caches.all()).toEqual([]);
    expect(now.manager.unsynced()).toEqual([]);
  });

  it('have what was written before the round ends', async () => {
    const seen: unknown[] = [];
    const make: MakeController = ({ follow, enqueue }) => {
      const { store } = follow({ resource: configMaps, namespace: 'managed' });
      enqueue('a');
      return {
        name: 'writer',
        async reconcile(_, { client }) {
          if (store.find('managed', 'mine') !== undefined) return undefined;
          await client.create(configMaps, {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { namespace: 'managed', name: 'mine' },
          });
          seen.push(store.find('managed', 'mine')?.kind);
          return undefined;
        },
      };
    };
    const { settle } = await runs([make]);
    await settle();
    expect(seen).toEqual(['ConfigMap']);
  });

  it('that are followed later are complete before the next round', async () => {
    await cluster.apply(aSource('managed', 'late', { a: '1' }));
    const seen: number[] = [];
    let more: (() => void) | undefined;
    const make: MakeController = ({ follow, enqueue }) => {
      let store = follow({ resource: secrets, namespace: 'managed' }).store;
      more = () => {
        store = follow({ resource: configMaps, fieldSelector: 'metadata.name=late' }).store;
        enqueue('a');
      };
      return {
        name: 'late',
        async reconcile() {
          seen.push(store.size);
          return undefined;
        },
      };
    };
    const { settle } = await runs([make]);
    await settle();
    more?.();
    await settle();
    expect(seen).toEqual([1]);
  });

  it.each<[what: string, end: (answer: () => void, leave: () => void) => void]>([
    ['complete', (answer) => answer()],
    ['left', (_, leave) => leave()],
  ])('that are followed while others are listed hold up the beginning until they are %s', async (_, end) => {
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { client } = await cluster.connect();
    const slowly: Client = {
      ...client,
      async list(resource, options) {
        if (options?.fieldSelector !== undefined) await answered;
        return client.list(resource, options);
      },
    };
    const rounds: string[] = [];
    const hand = byHand('hand', async (key) => {
      rounds.push(key);
      return undefined;
    });
    const make: MakeController = (tools) => {
      tools.follow({ resource: secrets, namespace: 'managed' });
      tools.enqueue('a');
      return hand.make(tools);
    };
    const { manager, settle } = await runs([make], { client: slowly });
    // as after a reload of the policies
    const { leave } = hand.tools().follow({ resource: configMaps, fieldSelector: 'metadata.name=late' });
    await eventually(() => manager.unsynced().join() === 'configmaps', 'the Secrets are listed', SOON_MS);

    end(answer, leave);
    await settle({ withinMs: SOON_MS });
    expect(rounds).toEqual(['a']);
    answer();
  });

  it('are not ended by a mistake in what a change concerns', async () => {
    const make: MakeController = ({ follow }) => {
      follow({
        resource: configMaps,
        namespace: 'managed',
        keysOf() {
          throw new Error('whose is it?');
        },
      });
      return { name: 'puzzled', reconcile: async () => undefined };
    };
    const { settle, told } = await runs([make, echo()]);
    await cluster.apply(aSource('managed', 'puzzling', { a: '1' }));
    await settle();
    expect(told).toContain('error a change of configmaps concerns nobody knows whom: whose is it?');
    expect((await cluster.client.get(configMaps, { namespace: 'managed', name: 'puzzling-echo' })).data).toEqual({
      a: '1',
    });
  });
});

describe('the manager', () => {
  it('refuses two controllers of one name', async () => {
    const make: MakeController = () => ({ name: 'twin', reconcile: async () => undefined });
    await expect(run(cluster, { controllers: [make, make] })).rejects.toThrow('two controllers are called twin');
  });

  it('finishes what is under way at the end, and gives the Lease back', async () => {
    const lease = { namespace: 'managed', name: 'graceful' };
    let isDone = false;
    const held = Promise.withResolvers<void>();
    const hand = byHand('hand', async (_, { client }) => {
      await held.promise;
      await client.create(configMaps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: 'managed', name: 'last' },
      });
      isDone = true;
      return undefined;
    });
    const { manager } = await runs([hand.make], { lease: { lease, identity: 'one' } });
    hand.tools().enqueue('a');
    await eventually(() => only({ manager }).runner.active === 1, 'it is under way', SOON_MS);
    running.length = 0;
    const stopped = manager.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    held.resolve();
    await stopped;
    expect(isDone).toBe(true);
    const stored = await cluster.client.get(leases, lease);
    expect(stringAt(stored, 'spec', 'holderIdentity') ?? '').toBe('');
  });

  it('looks at everything once more when it comes to lead', async () => {
    await cluster.apply(aSource('managed', 'seen', { a: '1' }));
    const rounds: string[] = [];
    const lease = { namespace: 'managed', name: 'again' };
    const times = { durationMs: 3_000, renewWithinMs: 2_000, retryMs: 200 };
    const started = await runs([echo({ onRound: (key) => void rounds.push(key) })], {
      lease: { lease, identity: 'one', ...times },
    });
    await started.settle();
    // whatever its holder writes meanwhile
    const heldBy = (holderIdentity: string) =>
      cluster.client.patch(leases, lease, { type: 'merge', body: { spec: { holderIdentity } } });
    await heldBy('other');
    await eventually(() => !started.manager.isLeader(), 'it knows', SOON_MS);
    rounds.length = 0;
    await heldBy('');
    await eventually(() => started.manager.isLeader(), 'it leads again', SOON_MS);
    await started.settle();
    expect(rounds).toContain('managed/seen');
  });

  it('writes nothing where another leads', async () => {
    const lease = { namespace: 'managed', name: 'other' };
    const spec = { holderIdentity: 'other', leaseDurationSeconds: 600 };
    await cluster.apply({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: lease, spec });
    const rounds: string[] = [];
    const hand = byHand('hand', async (key) => {
      rounds.push(key);
      return undefined;
    });
    const { manager } = await runs([hand.make], { lease: { lease, identity: 'one', retryMs: 100 } });
    hand.tools().enqueue('a');
    await eventually(() => manager.leader() === 'other', 'it sees who leads', SOON_MS);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([rounds, manager.isLeader(), only({ manager }).runner.queue.depth]).toEqual([[], false, 1]);
  });
});

it('keeps the clock of the controllers apart from that of requests', async () => {
  expect(systemClock.now().getTime()).toBeGreaterThan(0);
  const clock = new FakeClock('2030-01-01T00:00:00Z');
  let now: Date | undefined;
  const hand = byHand('hand', async () => {
    now = hand.tools().clock.now();
    return undefined;
  });
  const { settle } = await runs([hand.make], { clock });
  hand.tools().enqueue('a');
  await settle();
  expect(now).toEqual(new Date('2030-01-01T00:00:00Z'));
});
