/** Controllers under the manager, with a clock that the test moves, and a way to wait until they are done. */
import { Registry } from 'prom-client';
import type { Cache } from '../../../controllers/manager/caches.ts';
import type { MakeController, News, Policies } from '../../../controllers/manager/controller.ts';
import { type Manager, type ManagerOptions, startManager } from '../../../controllers/manager/manager.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { isNotFound } from '../../../src/kubernetes/client/errors.ts';
import { listAll } from '../../../src/kubernetes/client/list.ts';
import { isOlder } from '../../../src/kubernetes/client/mirror.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { stringAt } from '../../../src/kubernetes/json.ts';
import type { Log } from '../../../src/kubernetes/log.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import type { Cluster } from './cluster.ts';
import { HandPolicies } from './policies.ts';

export interface RunOptions {
  readonly controllers: readonly MakeController[];
  /** None unless given; `policiesOf()` gives the shipped ones. */
  readonly policies?: Policies;
  /** A clock for several runs; one of its own unless given. */
  readonly clock?: FakeClock;
  /** The administrator unless given. */
  readonly client?: Client;
  readonly lease?: ManagerOptions['lease'];
}

export interface Run {
  readonly manager: Manager;
  readonly clock: FakeClock;
  readonly policies: Policies;
  /** The CloudEvents so far. */
  readonly news: readonly News[];
  /** `warn shop/cart could not be …`: what was logged from info on. */
  readonly told: readonly string[];
  readonly registry: Registry;
  /**
   * Waits until the caches hold what the server has, and no key is to be looked at or is looked at. A key that failed
   * more than `patience` times in a row (5 unless said) holds it up no more.
   */
  settle(options?: SettleOptions): Promise<void>;
  /** Moves the clock, and settles. */
  pass(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

export interface SettleOptions {
  readonly withinMs?: number;
  readonly patience?: number;
}

const SETTLE_MS = 30_000;
const PATIENCE = 5;
const LOOK_MS = 10;

export async function run(cluster: Cluster, options: RunOptions): Promise<Run> {
  const { controllers, lease } = options;
  const client = options.client ?? (await cluster.connect()).client;
  const clock = options.clock ?? new FakeClock();
  const policies = options.policies ?? new HandPolicies();
  const news: News[] = [];
  const told: string[] = [];
  const registry = new Registry();
  const manager = startManager({
    controllers,
    client,
    policies,
    clock,
    steady: systemClock,
    random: Math.random,
    log: logInto(told),
    instance: 'weir-controller-0',
    announce: (_, each) => news.push(each),
    registry,
    ...(lease === undefined ? {} : { lease }),
  });

  async function settle({ withinMs = SETTLE_MS, patience = PATIENCE }: SettleOptions = {}): Promise<void> {
    const end = Date.now() + withinMs;
    for (;;) {
      const why =
        whyBusy(manager, patience) ?? (await whyBehind(manager, cluster.client)) ?? whyBusy(manager, patience);
      if (why === undefined) return;
      if (Date.now() > end) throw new Error(`not settled within ${withinMs} ms: ${why}\n${told.slice(-10).join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  return {
    manager,
    clock,
    policies,
    news,
    told,
    registry,
    settle,
    async pass(milliseconds) {
      clock.advance(milliseconds);
      await settle();
    },
    stop: () => manager.stop(),
  };
}

function whyBusy(manager: Manager, patience: number): string | undefined {
  if (!manager.isLeader()) return 'another leads';
  if (!manager.hasSynced()) return `not listed yet: ${manager.unsynced().join(', ')}`;
  for (const { controller, runner } of manager.controllers) {
    const { queue } = runner;
    if (queue.depth + queue.working > 0) return `${controller.name} works`;
    const failing = queue.failing().find((key) => queue.failuresOf(key) <= patience);
    if (failing !== undefined) return `${controller.name} tries ${failing} again`;
  }
  return undefined;
}

async function whyBehind(manager: Manager, client: Client): Promise<string | undefined> {
  for (const cache of manager.caches.all()) {
    if (!(await isCaughtUp(cache, client))) return `the cache of ${cache.options.resource.plural} is behind the server`;
  }
  return undefined;
}

/** Versions are the server's own counter: who has heard of the newest object, and has as many, has heard of all. */
async function isCaughtUp({ options, follower }: Cache, client: Client): Promise<boolean> {
  const { namespace, fieldSelector, labelSelector } = options;
  let newest = '';
  let count = 0;
  try {
    const selection = {
      ...(namespace === undefined ? {} : { namespace }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    };
    const { objects } = await listAll(client, follower.resource, selection);
    for (const item of objects) {
      const version = stringAt(item, 'metadata', 'resourceVersion') ?? '';
      if (isOlder(newest, version)) newest = version;
    }
    count = objects.length;
  } catch (error) {
    // whoever installs the kind later does not want to wait a minute
    if (isNotFound(error)) return !follower.isServed();
    throw error;
  }
  if (!follower.isServed()) {
    follower.lookAgain();
    return false;
  }
  const version = follower.version();
  return version !== undefined && !isOlder(version, newest) && follower.store.size === count;
}

function logInto(told: string[]): Log {
  return {
    debug: () => {},
    info: (_, message) => told.push(`info ${message}`),
    warn: (_, message) => told.push(`warn ${message}`),
    error: (_, message) => told.push(`error ${message}`),
  };
}
