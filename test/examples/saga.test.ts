/**
 * examples/saga on `weir up`. Its orchestrator is killed before and after each of its transactions, and each order still
 * ends once: completed, or with everything taken back.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FIRST, nextAfter, type Outcome, type State } from '../../examples/saga/services/steps.ts';
import { pods } from '../../src/kubernetes/client/resources.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import { flat, type Platform, startPlatform, typesIn } from './platform.ts';

jest.setTimeout(900_000);

const NAMESPACE = 'default';

interface Way {
  readonly at: string;
  readonly outcome: Outcome;
  readonly ends: State;
  readonly commands: readonly string[];
}

describe('what comes after what', () => {
  const ways: readonly Way[] = [
    { at: 'reserve', outcome: 'done', ends: 'completed', commands: ['reserve', 'charge', 'ship'] },
    { at: 'reserve', outcome: 'failed', ends: 'cancelled', commands: ['reserve'] },
    { at: 'charge', outcome: 'failed', ends: 'cancelled', commands: ['reserve', 'charge', 'release'] },
    { at: 'ship', outcome: 'failed', ends: 'cancelled', commands: ['reserve', 'charge', 'ship', 'refund', 'release'] },
    { at: 'reserve', outcome: 'given up', ends: 'cancelled', commands: ['reserve', 'release'] },
    {
      at: 'ship',
      outcome: 'given up',
      ends: 'cancelled',
      commands: ['reserve', 'charge', 'ship', 'recall', 'refund', 'release'],
    },
  ];
  it.each(ways)('$at $outcome: $commands, and it is $ends', ({ ends, at, outcome, commands }) => {
    const seen: string[] = [];
    let state = '';
    for (let command: string | undefined = FIRST; command !== undefined; ) {
      seen.push(command);
      const next = nextAfter(command, command === at ? outcome : 'done');
      state = next.state;
      command = next.command;
    }
    expect([state, seen]).toEqual([ends, commands]);
  });

  it.each(['refund', 'release', 'recall'])('waits for %s where it cannot be done', (command) => {
    for (const outcome of ['failed', 'given up'] as const) {
      expect(nextAfter(command, outcome)).toEqual({ state: 'stuck', command });
    }
  });
});

describe('the saga on weir up', () => {
  let platform: Platform;
  let crashes: string;
  let isOver = false;
  let replacing: Promise<void>;

  beforeAll(async () => {
    const plan = path.resolve('test/examples/crash.ts');
    platform = await startPlatform('saga', {
      env: (folder) => ({
        NODE_OPTIONS: `--import=${pathToFileURL(plan).href}`,
        CRASHES: path.join(folder, 'crashes'),
      }),
    });
    crashes = path.join(platform.folder, 'crashes');
    await platform.apply('manifests/events.yaml', 'manifests/services.yaml', 'manifests/volumes.yaml');
    replacing = replaceCrashed();
  }, 600_000);

  afterAll(async () => {
    isOver = true;
    await replacing;
    await platform?.end();
  }, 300_000);

  const crashed = () => (existsSync(crashes) ? readdirSync(crashes) : []);

  /** As a node that fails: a Pod whose program was killed is gone, and another comes, without the wait before a restart. */
  async function replaceCrashed(): Promise<void> {
    let known = 0;
    while (!isOver) {
      const now = crashed().length;
      if (now > known) await removePods().catch(() => {});
      known = now;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function removePods(): Promise<void> {
    const labelSelector = 'serving.knative.dev/service=orchestrator';
    const { items } = await platform.client.list(pods, { namespace: NAMESPACE, labelSelector });
    const places = items.map((pod) => ({ namespace: NAMESPACE, name: nameOf(pod) }));
    await Promise.all(places.map((place) => platform.client.delete(pods, place, { gracePeriodSeconds: 0 })));
  }

  const place = (order: string, data: object = {}) =>
    platform.send({ id: order, type: 'order.placed.v1', subject: order, data });

  function stateOf(order: string): unknown {
    const file = `.weir/claims/${NAMESPACE}/orchestrator/orchestrator.db`;
    return platform.rows(file, `SELECT state FROM sagas WHERE "order" = '${order}'`)[0]?.state;
  }

  /** What was really done and taken back for it, by whom. */
  function effectsOf(order: string): unknown[] {
    const files = { inventory: 'reserve', payment: 'charge', shipping: 'ship' };
    return Object.entries(files).flatMap(([service, step]) =>
      platform
        .rows(
          `.weir/claims/${NAMESPACE}/${service}/${step}.db`,
          `SELECT what FROM effects WHERE "order" = '${order}' ORDER BY rowid`,
        )
        .map(({ what }) => what),
    );
  }

  /** The order's last event is there and everybody has what was sent. */
  async function ended(order: string, state: string): Promise<string[]> {
    await platform.until(() => stateOf(order) === state, `${order} is ${state}`);
    const last = `saga.${state}.v1`;
    await platform.until(async () => typesIn(await platform.trace(order)).includes(last), `${order}'s last event`);
    return typesIn(await platform.trace(order));
  }

  it.each([
    { order: 'kill-1', fails: '', state: 'completed', effects: ['reserve', 'charge', 'ship'], events: 4 },
    {
      order: 'kill-2',
      fails: 'ship',
      state: 'cancelled',
      effects: ['reserve', 'release', 'charge', 'refund'],
      events: 6,
    },
  ])('$order is $state once, with the orchestrator killed twice at each of its $events events', async (each) => {
    expect(await place(each.order, { fails: each.fails })).toBe(202);
    const types = await ended(each.order, each.state);
    expect(types.filter((type) => /^saga\.(completed|cancelled)\./.test(type))).toEqual([`saga.${each.state}.v1`]);
    expect(effectsOf(each.order)).toEqual(each.effects);
    expect(crashed().filter((name) => name.startsWith(each.order)).length).toBe(each.events * 2);
  });

  it('takes back a step of which nobody knows whether it was done', async () => {
    expect(await place('o-1', { breaks: 'charge' })).toBe(202);
    await platform.until(() => stateOf('o-1') === 'cancelled', 'it is cancelled');
    expect(effectsOf('o-1')).toEqual(['reserve', 'release']);
    const sent = flat(await platform.trace('o-1-refund'));
    expect(sent.map(({ event }) => event.type)).toContain('saga.release.v1');
  });

  it('waits for a person where something cannot be taken back', async () => {
    expect(await place('o-2', { fails: 'ship', breaks: 'refund' })).toBe(202);
    await platform.until(() => stateOf('o-2') === 'stuck', 'it is stuck');
    expect(effectsOf('o-2')).toEqual(['reserve', 'charge']);
    expect((await platform.events('dead-letters', 'o-2-refund')).stdout).toContain('500 it is broken');
  });

  it('makes no second order of a duplicate', async () => {
    expect(await place('kill-1')).toBe(202);
    const isThrough = async () => {
      const placed = flat(await platform.trace('kill-1')).filter(({ event }) => event.id === 'kill-1-completed');
      return placed.length === 2;
    };
    await platform.until(isThrough, 'it is answered as the first');
    expect(effectsOf('kill-1')).toEqual(['reserve', 'charge', 'ship']);
  });

  it('goes on after the whole platform was killed', async () => {
    const orders = Array.from({ length: 8 }, (_, index) => ({
      id: `p-${index}`,
      fails: index % 2 === 0 ? '' : 'ship',
    }));
    for (const { id, fails } of orders) expect(await place(id, { fails })).toBe(202);
    await platform.kill();
    await platform.start();
    for (const { id, fails } of orders) {
      await platform.until(() => ['completed', 'cancelled'].includes(String(stateOf(id))), `${id} has ended`);
      expect([id, effectsOf(id)]).toEqual([
        id,
        fails === '' ? ['reserve', 'charge', 'ship'] : ['reserve', 'release', 'charge', 'refund'],
      ]);
    }
  });
});
